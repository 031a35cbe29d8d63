// Gluon serves mailboxes by IMAP with the server of Proton Mail Bridge, for tests. The
// mail stays on this machine: the connector to Proton is a dummy.
//
//	gluon -listen ADDRESS -dir DIRECTORY -password PASSWORD USER[,USER...]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/ProtonMail/gluon"
	"github.com/ProtonMail/gluon/connector"
	"github.com/ProtonMail/gluon/imap"
	"github.com/ProtonMail/gluon/rfc5322"
	"github.com/sirupsen/logrus"
	"golang.org/x/text/encoding/ianaindex"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address and port")
	dir := flag.String("dir", "", "directory of the mail")
	password := flag.String("password", "", "password of all users")
	flag.Parse()
	if *dir == "" || *password == "" || flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	logrus.SetLevel(logrus.WarnLevel)
	rfc5322.CharsetReader = decode
	if err := serve(*listen, *dir, *password, strings.Split(flag.Arg(0), ",")); err != nil {
		fmt.Fprintln(os.Stderr, "gluon:", err)
		os.Exit(1)
	}
}

// decode lets gluon read addresses in all charsets, as Bridge does.
func decode(charset string, encoded io.Reader) (io.Reader, error) {
	e, err := ianaindex.MIME.Encoding(charset)
	if err != nil || e == nil {
		return nil, fmt.Errorf("unknown charset %q", charset)
	}
	return e.NewDecoder().Reader(encoded), nil
}

// serve runs the server until it fails.
func serve(address, dir, password string, users []string) error {
	ctx := context.Background()
	server, err := gluon.New(gluon.WithDataDir(dir), gluon.WithDatabaseDir(dir))
	if err != nil {
		return err
	}
	flags := imap.NewFlagSet(`\Answered`, `\Seen`, `\Flagged`, `\Deleted`)
	for _, user := range users {
		mail := connector.NewDummy([]string{user}, []byte(password), 100*time.Millisecond, flags, flags, imap.NewFlagSet())
		if _, err := server.AddUser(ctx, mail, []byte(password)); err != nil {
			return fmt.Errorf("user %s: %w", user, err)
		}
		if err := mail.Sync(ctx); err != nil {
			return fmt.Errorf("user %s: %w", user, err)
		}
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	if err := server.Serve(ctx, l); err != nil {
		return err
	}
	for err := range server.GetErrorCh() {
		fmt.Fprintln(os.Stderr, "gluon:", err)
	}
	return errors.New("the server has ended")
}
