package daemon

import (
	"fmt"
	"net"
	"time"
)

// FreePorts returns n different ports of a host that are free. A different process may
// take one of them before it is used.
func FreePorts(host string, n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			return nil, err
		}
		defer l.Close() // at the end, so that all of them differ
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

// Await waits until an address accepts connections. It fails if that takes 20 seconds,
// or if the program has ended.
func (p *Process) Await(network, address string) error {
	deadline := time.Now().Add(20 * time.Second)
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for {
		conn, err := net.Dial(network, address)
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the server does not accept connections: %w", err)
		}
		select {
		case <-p.Done():
			return fmt.Errorf("the server has ended immediately: %v", p.Err())
		case <-pause.C:
		}
	}
}
