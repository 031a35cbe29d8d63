//go:build linux

package mailserver

import (
	"strconv"
	"time"

	"github.com/postroom/postroom/internal/daemon"
	"github.com/postroom/postroom/internal/dovecot"
)

// reduced is the configuration of a Dovecot that has no IMAP extensions and lets a
// mailbox be read by one POP3 session at a time, without marking messages as read.
const reduced = `imap_capability = IMAP4rev1
pop3_no_flag_updates = yes
pop3_lock_session = yes
`

// startDovecot returns a function that starts a Dovecot with these options.
func startDovecot(o *dovecot.Options) func(*Server) error {
	return func(v *Server) error {
		s, err := dovecot.Start(o)
		if err != nil {
			return err
		}
		v.closers, v.log = append(v.closers, s.Close), s.Log
		v.IMAP, v.POP3, v.LocksReads = s.Ports().IMAP, s.Ports().POP3, o.Storage == dovecot.Mbox
		v.deliver = func(user string, at time.Time, raw [][]byte) error {
			for _, m := range raw {
				if err := s.Put(user, "INBOX", dovecot.Mail{Raw: m, At: at}); err != nil {
					return err
				}
			}
			return nil
		}
		if o.Storage == dovecot.MDBox || o.Storage == dovecot.SDBox {
			v.deliver = v.appendAll // in one session
		}
		return s.AddUsers(Password, userNames()...)
	}
}

// startPerdition starts perdition, a proxy, before a Dovecot that has the mail.
func startPerdition(v *Server) error {
	if err := startDovecot(&dovecot.Options{})(v); err != nil {
		return err
	}
	ports, err := daemon.FreePorts("127.0.0.1", 2)
	if err != nil {
		return err
	}
	behind := []int{v.IMAP, v.POP3}
	v.IMAP, v.POP3, v.log = ports[0], ports[1], v.root.text
	var programs []*daemon.Process
	for i, program := range []string{"perdition.imap4", "perdition.pop3"} {
		p, err := v.root.start("/usr/sbin/"+program, "--no_daemon", "--config_file", "/dev/null",
			"--bind_address", "127.0.0.1", "--listen_port", strconv.Itoa(ports[i]),
			"--outgoing_server", "127.0.0.1", "--outgoing_port", strconv.Itoa(behind[i]), "--ssl_mode", "none")
		if err != nil {
			return err
		}
		programs = append(programs, p)
	}
	return v.await(programs...)
}
