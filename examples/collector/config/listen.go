package config

import (
	"net"
	"net/netip"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// UnmarshalYAML reads an address as ListenAddress does.
func (l *Listen) UnmarshalYAML(node *yaml.Node) error {
	address, problem := ListenAddress(node.Value)
	*l = Listen(address)
	if problem != "" {
		return invalid(problem)
	}
	return nil
}

// ListenAddress returns the IP address and the port that a text means, to listen on: a port
// alone is on 127.0.0.1, which only this machine reaches, and so is localhost. problem says
// what is wrong with the text, without it.
func ListenAddress(text string) (address, problem string) {
	const want = "is not an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080"
	if _, err := strconv.Atoi(text); err == nil {
		text = ":" + text
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", want
	}
	if host == "" || host == "localhost" {
		host = "127.0.0.1"
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return "", want
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", want
	} else {
		port = strconv.FormatUint(n, 10)
	}
	return net.JoinHostPort(host, port), ""
}

// ReachedByOthers reports an address of ListenAddress that other machines may reach.
func ReachedByOthers(address string) bool {
	at, err := netip.ParseAddrPort(address)
	return err != nil || !at.Addr().IsLoopback()
}
