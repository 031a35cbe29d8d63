package config

import (
	"math"
	"strconv"
	"strings"
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
	// Port is the number of a TCP port.
	Port int
	// Duration is a time span that is not negative: days, or what time.ParseDuration
	// takes, or both.
	Duration time.Duration
	// Start says from when on mail is collected.
	Start inbound.Start
	// Address is an email address.
	Address string
	// OwnAddress is an email address of the company.
	OwnAddress string
	// Domain is a domain of the company.
	Domain string
	// Listen is an IP address and a port, to listen on.
	Listen string
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

func (p *Port) UnmarshalYAML(node *yaml.Node) error {
	i, err := strconv.ParseUint(node.Value, 10, 16)
	if err != nil || i == 0 {
		return invalid("is not a port, a number from 1 to 65535")
	}
	*p = Port(i)
	return nil
}

func (d *Duration) UnmarshalYAML(node *yaml.Node) error {
	const longest = int(math.MaxInt64 / day)
	days, rest, found := strings.Cut(node.Value, "d")
	if !found {
		days, rest = "0", node.Value
	}
	n, err := strconv.ParseUint(days, 10, 31)
	span := time.Duration(0)
	if err == nil && rest != "" {
		span, err = time.ParseDuration(rest)
	}
	if err != nil || span < 0 || int(n)+int(span/day) >= longest {
		return invalid("is not a time span, such as 90s, 6m or 30d")
	}
	*d = Duration(time.Duration(n)*day + span)
	return nil
}

const day = 24 * time.Hour

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
		return invalid("is not an email address" + faultOf(err))
	}
	*a = Address(node.Value)
	return nil
}

func (a *OwnAddress) UnmarshalYAML(node *yaml.Node) error {
	_, err := customer.Normalize(node.Value)
	switch {
	case err == nil:
		*a = OwnAddress(node.Value)
		return nil
	case strings.Contains(node.Value, ".") && inbound.ValidateOwnDomain(node.Value) == nil:
		return invalid("is not an email address; a whole domain belongs in own_domains")
	}
	return invalid("is not an email address" + faultOf(err))
}

// faultOf returns what customer.Normalize says of an address behind the address, as in
// ": U+200B is invisible".
func faultOf(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, `": `); i >= 0 {
		return text[i+1:]
	}
	return ""
}

func (o *Domain) UnmarshalYAML(node *yaml.Node) error {
	if err := inbound.ValidateOwnDomain(node.Value); err != nil {
		return invalid("cannot be the company's own: " + err.Error())
	}
	*o = Domain(node.Value)
	return nil
}
