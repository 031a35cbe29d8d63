package config

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestListenAddress(t *testing.T) {
	for text, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080", ":8080": "127.0.0.1:8080", "8080": "127.0.0.1:8080", ":0": "127.0.0.1:0",
		"localhost:80": "127.0.0.1:80", "[::1]:8080": "[::1]:8080", "0.0.0.0:8080": "0.0.0.0:8080", "[::]:1": "[::]:1",
	} {
		got, problem := ListenAddress(text)
		assert.Equal(t, []string{want, ""}, []string{got, problem}, text)
	}
	for _, text := range []string{"", "127.0.0.1", "shop.example:80", "127.0.0.1:http", ":65536", "-1", "1:2:3"} {
		got, problem := ListenAddress(text)
		assert.Empty(t, got, text)
		assert.Contains(t, problem, "is not an IP address and a port", text)
	}
}

func TestReachedByOthers(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:8080": false, "127.8.0.1:80": false, "[::1]:8080": false,
		"0.0.0.0:80": true, "[::]:80": true, "192.168.1.5:80": true, "8.8.8.8:80": true,
	} {
		assert.Equal(t, want, ReachedByOthers(address), address)
	}
}

func TestParse_HTTP(t *testing.T) {
	text := func(value string) []byte { return fmt.Appendf(nil, "http: "+value+"\n"+minimal, "p") }
	c, err := Parse("c.yaml", text("localhost:8080"), environment())
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1:8080", c.HTTP)
	assert.Equal(t, []string{`c.yaml:1: http: "shop.example" is not an IP address and a port, such as 127.0.0.1:8080` +
		` or [::1]:8080`}, problemsIn(t, string(text("shop.example")), environment()))
}
