package inbound

import (
	"errors"
	"fmt"
	"log/slog"
)

// Secret is a password or token that is redacted when printed: formatting, logging, JSON,
// XML and YAML give "[redacted]", and do not accept that as a secret when they read it
// back. Package gob refuses a Secret. It must not be the key of a map, which JSON writes as
// it is. Reveal gives the value.
type Secret string

const redacted = "[redacted]"

// Reveal returns the secret itself, for the one place that sends it.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]", or "" if there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format implements [fmt.Formatter] for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON implements [json.Marshaler].
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// MarshalText implements [encoding.TextMarshaler].
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler], also for JSON. It fails for what
// MarshalText and MarshalJSON have made: the secret is not in it.
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == redacted {
		return errors.New("inbound: \"[redacted]\" stands for a secret, and is none")
	}
	*s = Secret(text)
	return nil
}

// GobEncode implements [encoding/gob.GobEncoder]. It fails: gob would write the secret as it is.
func (s Secret) GobEncode() ([]byte, error) {
	return nil, errors.New("inbound: a Secret cannot be encoded; keep what Reveal returns, encrypted")
}

// GobDecode implements [encoding/gob.GobDecoder]. It fails, as GobEncode does.
func (s *Secret) GobDecode([]byte) error {
	return errors.New("inbound: a Secret cannot be decoded; it is none that GobEncode has made")
}
