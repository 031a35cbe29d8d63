//go:build unix

package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hangUp sends SIGHUP to this process, and waits for an answer that ends with a text.
func (f *follower) hangUp(answer string) {
	f.t.Helper()
	before := len(f.log())
	require.NoError(f.t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
	require.Eventually(f.t, func() bool { return strings.Contains(f.log()[before:], answer) },
		20*time.Second, 5*time.Millisecond, "no %q in the log", answer)
}

// waitForEmails waits until so many emails of an account are uploaded.
func (f *follower) waitForEmails(account string, n int) {
	f.t.Helper()
	require.Eventually(f.t, func() bool {
		return strings.Count(f.ok("emails", "-account", account), "\n") == n
	}, 20*time.Second, 20*time.Millisecond)
}

// often are the settings of shop with a pass each second.
var often = strings.Replace(shop, "    shop: main\n", "    shop: main\n    interval: 1s\n", 1)

// withSecond returns settings with a second account, which is of this mailbox.
func withSecond(box *mailbox, settings string) string {
	more := fmt.Sprintf("  - {id: second, shop: main, protocol: imap, host: 127.0.0.1, port: %d, security: none, "+
		"username: shop@shop.example, password: '${PASSWORD}', create_customer: true, manager_group: support}\n",
		box.port)
	return strings.Replace(settings, "customers:\n", more+"customers:\n", 1)
}

func TestReload_AccountsComeAndGo(t *testing.T) {
	box, other := serve(t, known), serve(t, stranger)
	s := newSite(t, box, often)
	f := follow(t, s)
	f.waitForEmails("shop", 1)

	s.write(box, withSecond(other, often))
	f.hangUp(`msg="settings read again" file=` + s.config + " accounts=2 changes=1")
	f.waitForEmails("second", 1)
	box.deliver(t, strings.Replace(known, "<1@", "<9@", 1))
	f.waitForEmails("shop", 2)

	s.write(box, strings.Replace(often, "    notify_manager: true\n", "", 1))
	f.hangUp("accounts=1 changes=2")
	f.hangUp(`msg="settings read again; nothing else has changed"`)
	log := f.end()
	assert.Contains(t, log, `msg="setting taken over" what="account second is added"`)
	assert.Contains(t, log, `msg="setting taken over" what="account shop changes: notify_manager"`)
	assert.Contains(t, log, `msg="setting taken over" what="account second is removed"`)
	assert.NotContains(t, log, "level=ERROR")
	assert.NotContains(t, log, password)
}

func TestReload_ManagersChange(t *testing.T) {
	box := serve(t)
	s := newSite(t, box, often)
	f := follow(t, s)
	s.write(box, strings.Replace(often, "status: free", "status: offline", 1))
	f.hangUp("changes=1")
	box.deliver(t, stranger)
	require.Eventually(t, func() bool {
		return strings.Contains(s.ok("report"), `"assignments":{"m1":1}`)
	}, 20*time.Second, 20*time.Millisecond, "Miguel is offline now, Maria at lunch")
	assert.Contains(t, f.end(), `what="manager m2 changes: status"`)
}

func TestReload_ProblemsChangeNothing(t *testing.T) {
	box := serve(t, known)
	s := newSite(t, box, often)
	f := follow(t, s)
	s.write(box, strings.NewReplacer("status: free", "status: sleeping", "port: PORT", "port: 99999",
		"id: m1", "id: m3").Replace(often))
	f.hangUp(`msg="settings refused; the old ones stay"`)
	require.NoError(t, os.Remove(s.config))
	f.hangUp(`problem="cannot read the settings: no such file or directory"`)
	deleting := strings.Replace(often, "    shop: main\n", "    shop: main\n    delete_uploaded: true\n", 1)
	s.write(box, withSecond(box, deleting))
	f.hangUp(`it collects from the same mailbox as account shop`)
	box.deliver(t, strings.Replace(known, "<1@", "<9@", 1))
	f.waitForEmails("shop", 2)
	log := f.end()
	assert.Regexp(t, `level=ERROR msg="problem of the settings" at=\S+:9 problem="accounts\[shop\].port: .*99999`, log)
	assert.Regexp(t, `at=\S+:21 problem="managers\[m2\].status: .+sleeping`, log)
	assert.Regexp(t, `msg="settings refused; the old ones stay" file=\S+ problems=3`, log,
		"the customer's manager m1 is none, too")
	assert.NotContains(t, log, "taken over")
	assert.NotContains(t, s.ok("report"), "m3")
}

// Notifications wait while they are turned off, and none is lost.
func TestReload_NotifyChanges(t *testing.T) {
	box := serve(t, known)
	s := newSite(t, box, often)
	f := follow(t, s)
	f.waitFor("msg=notification id=incoming_email/")
	notices := func() int { return strings.Count(f.log(), "msg=notification ") }
	off := strings.Replace(often, "log: true", "log: false", 1)

	s.write(box, strings.Replace(often, "log: true", "log: perhaps", 1))
	f.hangUp("settings refused; the old ones stay")
	s.write(box, strings.Replace(off, "id: m1", "id: m3", 1))
	f.hangUp("settings refused; the old ones stay")
	box.deliver(t, strings.Replace(known, "<1@", "<8@", 1))
	require.Eventually(t, func() bool { return notices() == 2 }, 20*time.Second, 5*time.Millisecond)

	s.write(box, off)
	f.hangUp("changes=1")
	box.deliver(t, strings.Replace(known, "<1@", "<9@", 1))
	f.waitForEmails("shop", 3)
	assert.Contains(t, s.ok("report"), `"notifications":{"delivered":2,"pending":1,"dead":0}`)

	s.write(box, often)
	f.hangUp("changes=1")
	box.deliver(t, strings.Replace(known, "<1@", "<10@", 1))
	require.Eventually(t, func() bool { return notices() == 4 }, 20*time.Second, 5*time.Millisecond)
	log := f.end()
	assert.Regexp(t, `level=ERROR msg="problem of the settings" at=\S+:25 problem="notify.log: .*perhaps`, log)
	assert.Equal(t, 2, strings.Count(log, `what="notify changes: log"`))
	assert.NotContains(t, log, "not dispatched")
	for _, n := range lines(t, s.ok("notifications")) {
		assert.EqualValues(t, "delivered", n["state"])
		assert.EqualValues(t, 1, n["attempts"], "none counts while they are off")
	}
}

func TestReload_NamesWhatNeedsRestart(t *testing.T) {
	box := serve(t)
	s := newSite(t, box, often)
	f := follow(t, s)
	changed := strings.NewReplacer("sqlite:DATABASE", "sqlite:DATABASE-2", "notify:\n",
		"http: 127.0.0.1:0\nlimits: {accounts: 3}\nown_addresses: [sales@shop.example]\nnotify:\n").Replace(often)
	s.write(box, changed)
	f.hangUp(`what="own_addresses changes"`)
	f.hangUp("nothing else has changed")
	log := f.end()
	for _, key := range []string{"database", "limits", "http"} {
		assert.Equal(t, 2, strings.Count(log, "stays as it was until the collector is restarted\" key="+key), key)
	}
	_, err := os.Stat(s.database + "-2")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// An account whose login was refused is tried again with its new password, and only then.
func TestReload_NewPasswordIsTried(t *testing.T) {
	box := serve(t, known)
	s := newSite(t, box, strings.Replace(often, "${PASSWORD}", "hunter2", 1))
	f := follow(t, s)
	f.waitFor(`msg="account stopped" account=shop`)
	s.write(box, often)
	f.hangUp(`what="account shop changes: password"`)
	f.waitForEmails("shop", 1)
	assert.NotContains(t, f.end(), "hunter2")
}

func TestReload_OnceChangesNothing(t *testing.T) {
	s := newSite(t, serve(t, known, stranger), shop)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	stderr := &tripwire{text: "msg=notification", trip: func() { _ = syscall.Kill(os.Getpid(), syscall.SIGHUP) }}
	p := &app{stdout: bufio.NewWriter(io.Discard), stderr: stderr, env: s.env, errorColumns: func() int { return 0 }}
	assert.Equal(t, exitOK, p.main(ctx, []string{"run", "-once", "-config", s.config}))
	assert.NotContains(t, stderr.String(), "settings read again")
}
