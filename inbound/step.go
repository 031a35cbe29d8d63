package inbound

import (
	"fmt"
	"strings"
	"time"
)

// Step is what a pass waits for on the server.
type Step struct {
	Op       Op        // such as OpLogin, OpList or OpRead; "": no step takes long
	Folder   string    // "" where it is of the whole mailbox
	Since    time.Time // when it began, or when the last message of it was complete
	Bytes    int64     // that have come since then
	LastByte time.Time // when the last of them came; zero: none has
	At       time.Time // when this was seen
}

// String says in one line what the step is and what comes; "" for the zero value.
func (s Step) String() string {
	if s.Op == "" {
		return ""
	}
	of := ""
	if s.Folder != "" {
		of = " of folder " + s.Folder
	}
	came := "nothing came"
	if s.Bytes > 0 {
		came = fmt.Sprintf("%s came, the last byte %v ago", bytesText(s.Bytes), s.At.Sub(s.LastByte).Round(time.Second))
	}
	return fmt.Sprintf("the step %q%s has completed nothing for %v; meanwhile %s (as of %s)", string(s.Op), of,
		s.At.Sub(s.Since).Round(time.Second), came, s.At.UTC().Format(time.RFC3339))
}

// Hint says what to do about it; "" for the zero value.
func (s Step) Hint() string {
	if s.Op == "" {
		return ""
	}
	return "the step goes on, or ends by a time limit and is tried again; if this stays, check the network, or " +
		"contact the server's operator"
}

func bytesText(n int64) string {
	switch {
	case n == 1:
		return "1 byte"
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	case n < 1_000_000_000:
		return fmt.Sprintf("%d MB", n/1_000_000)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n/100_000_000)/10), ".0") + " GB"
}
