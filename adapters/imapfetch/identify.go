package imapfetch

import (
	"errors"
	"runtime/debug"
	"sync"

	"github.com/emersion/go-imap/v2"
)

// identify sends ID (RFC 2971) where the server lists it, before or after the login:
// 163.com and its sisters open no folder for clients that have not. The answer does
// not matter, and is waited for only where commands are sent one by one.
func (c *conn) identify() error {
	// The library asks for the capabilities after the login itself, unless the server
	// has sent them. They are needed for the first search, too.
	caps := c.client.Caps()
	if c.server.refusesID.Load() || !caps.Has(imap.CapID) && !c.before.Has(imap.CapID) {
		return nil
	}
	sent := c.client.ID(&imap.IDData{Name: "postroom", Version: version()})
	if !c.server.oneByOne.Load() {
		c.identifies = true
		return nil
	}
	_, err := sent.Wait()
	if refused := new(imap.Error); err == nil || errors.As(err, &refused) {
		return nil
	}
	// The connection has ended, or has waited for too long.
	c.server.refusesID.Store(true)
	c.again = true
	return err
}

// version is the version of this module in the program, as far as it is known.
var version = sync.OnceValue(func() string {
	const path = "github.com/postroom/postroom"
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, m := range append(info.Deps, &info.Main) {
			if m.Path == path && m.Version != "" && m.Version[0] == 'v' {
				return m.Version
			}
		}
	}
	return "devel"
})
