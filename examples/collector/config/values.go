package config

import (
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/inbound"
)

// The types below read one value each. What they return for a bad value says what
// is wrong, without the value: it may be a secret.
type (
	// Flag is true or false.
	Flag bool
	// Number is a whole number above 0; 0 stands for none.
	Number int64
	// Duration is a time span that is not negative.
	Duration time.Duration
	// Start says from when on mail is collected.
	Start inbound.Start
	// Address is an email address.
	Address string
)

// invalid returns the error of a bad value.
func invalid(text string) error { return &yaml.TypeError{Errors: []string{text}} }

func (f *Flag) UnmarshalYAML(node *yaml.Node) error {
	*f = node.Value == "true"
	if node.Value != "true" && node.Value != "false" {
		return invalid("is neither true nor false")
	}
	return nil
}

func (n *Number) UnmarshalYAML(node *yaml.Node) error {
	i, err := strconv.ParseInt(node.Value, 10, 64)
	if err != nil || i < 1 {
		return invalid("is not a whole number above 0")
	}
	*n = Number(i)
	return nil
}

func (d *Duration) UnmarshalYAML(node *yaml.Node) error {
	span, err := time.ParseDuration(node.Value)
	if err != nil || span < 0 {
		return invalid("is not a time span, such as 6m or 90s")
	}
	*d = Duration(span)
	return nil
}

// UnmarshalYAML reads all, now or a date. A date begins at midnight UTC.
func (s *Start) UnmarshalYAML(node *yaml.Node) error {
	switch node.Value {
	case "all":
		*s = Start{}
		return nil
	case "now":
		*s = Start{Now: true}
		return nil
	}
	since, err := time.Parse(time.DateOnly, node.Value)
	if err != nil {
		return invalid("is neither all, now nor a date such as 2026-01-31")
	}
	*s = Start{Since: since}
	return nil
}

func (a *Address) UnmarshalYAML(node *yaml.Node) error {
	if _, err := customer.Normalize(node.Value); err != nil {
		return invalid("is not an email address")
	}
	*a = Address(node.Value)
	return nil
}
