//go:build linux

package mailserver

import (
	"fmt"

	"github.com/postroom/postroom/internal/daemon"
)

// imapdConf is Cyrus's configuration. A mailbox is created at the first login.
const imapdConf = `configdirectory: /var/lib/cyrus
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
idlesocket: /run/cyrus/socket/idle
defaultpartition: default
partition-default: /var/spool/cyrus/mail
admins: cyrus
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_mech_list: PLAIN LOGIN
autocreate_quota: 0
autocreate_post: yes
unixhierarchysep: yes
altnamespace: yes
failedloginpause: 0
poptimeout: 10
`

const cyrusConf = `START {
 recover cmd="/usr/sbin/cyrus ctl_cyrusdb -r -C /etc/imapd.conf"
}
SERVICES {
 imap cmd="imapd -U 30" listen="127.0.0.1:%d" prefork=1 maxchild=50
 pop3 cmd="pop3d -U 30" listen="127.0.0.1:%d" prefork=1 maxchild=50
}
EVENTS {
}
`

// startCyrus starts Cyrus, which has users of its own.
func startCyrus(v *Server) error {
	ports, err := daemon.FreePorts("127.0.0.1", 2)
	if err != nil {
		return err
	}
	v.IMAP, v.POP3 = ports[0], ports[1]
	if err := v.root.write("/etc/imapd.conf", imapdConf); err != nil {
		return err
	}
	if err := v.root.write("/etc/cyrus.conf", fmt.Sprintf(cyrusConf, v.IMAP, v.POP3)); err != nil {
		return err
	}
	for _, user := range userNames() {
		if err := v.root.run(Password+"\n", "saslpasswd2", "-c", "-p", user); err != nil {
			return err
		}
	}
	if err := v.root.run("", "chown", "cyrus:sasl", "/etc/sasldb2"); err != nil {
		return err
	}
	err = v.root.run("", "install", "-d", "-o", "cyrus", "-g", "mail",
		"/run/cyrus", "/run/cyrus/proc", "/run/cyrus/lock", "/run/cyrus/socket")
	if err != nil {
		return err
	}
	p, err := v.root.start("/usr/sbin/cyrmaster", "-C", "/etc/imapd.conf", "-M", "/etc/cyrus.conf")
	if err != nil {
		return err
	}
	return v.await(p)
}
