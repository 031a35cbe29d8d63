//go:build linux

package mailserver

import "net"

// startPopa3d serves popa3d, which handles the connection that is its standard input.
func startPopa3d(v *Server) error {
	v.deliver = v.root.deliverMbox
	if err := v.root.addUsers(); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	v.POP3 = l.Addr().(*net.TCPAddr).Port
	v.closers = append(v.closers, l.Close)
	go v.root.serve(l, "/usr/sbin/popa3d")
	return nil
}
