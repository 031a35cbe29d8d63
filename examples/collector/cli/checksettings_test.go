package cli

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/customer"
	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

func TestSettingsSteps(t *testing.T) {
	const group = `nobody is in group "support"; new customers wait; `
	quiet := inbound.Account{ID: "shop", Protocol: inbound.IMAP, CreateCustomer: true, ManagerGroup: "sales"}
	c := &config.Settings{Managers: []assign.Manager{{ID: "m1"}}, Groups: map[string][]string{"m1": {"sales"}}}
	for want, change := range map[string]func(*inbound.Account){
		"": func(*inbound.Account) {},
		"! customers: mail of unknown senders is not uploaded (create_customer: false)": func(a *inbound.Account) {
			a.CreateCustomer = false
		},
		"! managers: " + group + "the groups are sales": func(a *inbound.Account) { a.ManagerGroup = "support" },
		"! managers: manager_group is missing: new customers get no manager, and nobody is notified of them": func(
			a *inbound.Account) {
			a.ManagerGroup, a.NotifyManager = "", true
		},
		"! deletion: uploaded mail is deleted from the server immediately (delete_uploaded: true)": func(
			a *inbound.Account) {
			a.DeleteUploaded = true
		},
		"! deletion: uploaded mail is deleted from the server after 1h30m (delete_uploaded: true)": func(a *inbound.Account) {
			a.DeleteUploaded, a.DeleteAfter = true, 90*time.Minute
		},
		"  marking: uploaded mail is marked as read on the server (mark_seen: true)": func(a *inbound.Account) {
			a.MarkSeen = true
		},
		"! marking: POP3 cannot mark mail as read (mark_seen: true)": func(a *inbound.Account) {
			a.MarkSeen, a.Protocol = true, inbound.POP3
		},
	} {
		a := quiet
		change(&a)
		got := ""
		for _, step := range settingsSteps(c, a) {
			got += string(step.mark) + " " + step.label + ": " + step.text
		}
		assert.Equal(t, want, got)
	}
	assert.Equal(t, group+"there are no managers", nobodyText("support", &config.Settings{}))
	assert.Equal(t, group+"no manager is in a group",
		nobodyText("support", &config.Settings{Managers: []assign.Manager{{ID: "m1"}}}))
}

func TestSettingsSteps_NobodyIsNotified(t *testing.T) {
	a := inbound.Account{ID: "shop", Protocol: inbound.IMAP, NotifyManager: true}
	c := &config.Settings{Accounts: []inbound.Account{a}}
	steps := settingsSteps(c, a)
	assert.Equal(t, checkStep{mark: markWarning, label: "managers",
		text: "manager_group is missing, and no customer of the settings has a manager: nobody is notified"},
		steps[len(steps)-1])
	c.Customers = []customer.Customer{{Email: "anna@example.com", ManagerID: "m1"}}
	assert.Len(t, settingsSteps(c, a), 1)
}

func TestNotificationStep(t *testing.T) {
	c := &config.Settings{Groups: map[string][]string{"m1": {"support"}}}
	a := inbound.Account{ID: "shop", NotifyManager: true, CreateCustomer: true, ManagerGroup: "support"}
	for messages, want := range map[int64]string{
		-1:   "",
		1234: ", of the 1,234",
	} {
		step, ok := notificationStep(c, a, messages)
		assert.True(t, ok)
		assert.Equal(t, checkStep{mark: markWarning, label: "managers",
			text: "the first run notifies them of each message that it uploads" + want +
				" (start: now, or a date, keeps old mail out)"}, step)
	}
	for name, change := range map[string]func(*inbound.Account){
		"not notified": func(a *inbound.Account) { a.NotifyManager = false },
		"inactive":     func(a *inbound.Account) { a.Inactive = true },
		"now":          func(a *inbound.Account) { a.Start.Now = true },
		"date":         func(a *inbound.Account) { a.Start.Since = time.Now() },
		"nobody":       func(a *inbound.Account) { a.ManagerGroup = "" },
		"nobody there": func(a *inbound.Account) { a.ManagerGroup = "sales" },
	} {
		b := a
		change(&b)
		_, ok := notificationStep(c, b, 5)
		assert.False(t, ok, name)
	}
	_, ok := notificationStep(c, a, 0)
	assert.False(t, ok)
}

func TestSpanText(t *testing.T) {
	for span, want := range map[time.Duration]string{24 * time.Hour: "1 day", 720 * time.Hour: "30 days",
		36 * time.Hour: "36h", 90 * time.Minute: "1h30m", time.Minute: "1m", 10 * time.Second: "10s",
		10*time.Minute + 10*time.Second: "10m10s", 20 * time.Hour: "20h"} {
		assert.Equal(t, want, spanText(span))
	}
}

func TestRun_WarnsOfGroupWithoutManagers(t *testing.T) {
	s := newSite(t, serve(t, stranger), strings.Replace(shop, "manager_group: support", "manager_group: suport", 1))
	for _, more := range [][]string{nil, {"-progress"}} {
		r := s.do(append([]string{"run", "-once", "-config", s.config}, more...)...)
		assert.Equal(t, exitOK, r.code)
		assert.Equal(t, 1, strings.Count(r.stderr, `level=WARN msg="nobody is in the group that gets new customers;`+
			` they wait" group=suport accounts=[shop] groups=[support]`), r.stderr)
	}
	s = newSite(t, serve(t, stranger), shop)
	assert.NotContains(t, s.do("run", "-once", "-config", s.config).stderr, "level=WARN")

	s = newSite(t, serve(t, stranger), strings.Replace(shop, "    manager_group: support\n", "", 1))
	r := s.do("run", "-once", "-config", s.config)
	assert.Contains(t, r.stderr, `level=WARN msg="manager_group is missing: new customers get no manager, and nobody is`+
		` notified of them" accounts=[shop]`)
	assert.Equal(t, 1, strings.Count(r.stderr, "level=WARN"), r.stderr)
}

// A database of a program that did not make it private stays as it is: its owner is told.
func TestSettings_WarnOfExposedDatabase(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	a := mailServer(t, inbound.IMAP, plainServer)
	s := newSite(t, &mailbox{}, settingsOf("", a))
	require.Equal(t, exitOK, s.do("run", "-once", "-config", s.config).code)
	text := "has the mail and is readable by others (mode 0640); run: chmod 600 " + s.database
	for _, args := range [][]string{{"run", "-once"}, {"check"}} {
		require.NoError(t, os.Chmod(s.database, 0o640))
		assert.Contains(t, s.do(append(args, "-config", s.config)...).stderr, "the database "+text)
		require.NoError(t, os.Chmod(s.database, 0o600))
		assert.NotContains(t, s.do(append(args, "-config", s.config)...).stderr, "chmod")
	}
	require.NoError(t, os.Chmod(s.database, 0o640))
	s.columns, s.terminal, s.onScreen = 100, "dumb", true
	assert.Contains(t, strings.Join(strings.Fields(s.do("check", "-config", s.config).stdout), " "), "! "+text)
}

func TestSettings_WarnOfExposedFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	a := mailServer(t, inbound.IMAP, plainServer)
	s := newSite(t, &mailbox{}, strings.Replace(settingsOf("", a), "${PASSWORD}", password, 1))
	text := "the settings file has a password or token and is readable by others (mode 0644); run: chmod 600 " + s.config
	for _, args := range [][]string{{"run", "-once"}, {"check"}} {
		require.NoError(t, os.Chmod(s.config, 0o644))
		r := s.do(append(args, "-config", s.config)...)
		assert.Equal(t, 1, strings.Count(r.stderr, "level=WARN msg=\""+text+"\""), r.stderr)
		assert.NotContains(t, r.stdout+r.stderr, password)
		require.NoError(t, os.Chmod(s.config, 0o600))
		assert.NotContains(t, s.do(append(args, "-config", s.config)...).stderr, "chmod")
	}
	require.NoError(t, os.Chmod(s.config, 0o644))
	s.columns, s.terminal, s.onScreen = 100, "dumb", true
	r := s.do("check", "-config", s.config)
	assert.Contains(t, strings.Join(strings.Fields(r.stdout), " "),
		"! settings has a password or token and is readable by others (mode 0644); run: chmod 600 "+s.config)
}
