package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postroom/postroom/assign"
	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/inbound"
)

func TestSettingsSteps(t *testing.T) {
	const group = `nobody is in group "support"; new customers wait; `
	quiet := inbound.Account{ID: "shop", Protocol: inbound.IMAP, CreateCustomer: true}
	for want, change := range map[string]func(*inbound.Account){
		"": func(*inbound.Account) {},
		"! customers: mail of unknown senders is not uploaded (create_customer: false)": func(a *inbound.Account) {
			a.CreateCustomer = false
		},
		"! managers: " + group + "there are no managers": func(a *inbound.Account) { a.ManagerGroup = "support" },
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
		for _, step := range settingsSteps(&config.Settings{}, a) {
			got += string(step.mark) + " " + step.label + ": " + step.text
		}
		assert.Equal(t, want, got)
	}
	assert.Equal(t, group+"no manager is in a group",
		nobodyText("support", &config.Settings{Managers: []assign.Manager{{ID: "m1"}}}))
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
}
