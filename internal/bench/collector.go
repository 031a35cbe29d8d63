package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

type collector struct {
	path     string
	protocol string
	box      mailbox
}

func newCollector(ctx context.Context, o options, dir string, box mailbox) (*collector, error) {
	c := &collector{path: o.collector, protocol: o.protocol, box: box}
	if c.path != "" {
		return c, nil
	}
	c.path = filepath.Join(dir, "collector")
	build := exec.CommandContext(ctx, "go", "build", "-o", c.path, "github.com/postroom/postroom/examples/collector")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the collector: %w\n%s", err, out)
	}
	return c, nil
}

func (c *collector) name() string { return "collector" }

func (c *collector) download(ctx context.Context, dir string) (usage, error) {
	config := filepath.Join(dir, "collector.yaml")
	if err := os.WriteFile(config, []byte(c.settings(dir)), 0o600); err != nil {
		return usage{}, err
	}
	env := []string{"SSL_CERT_FILE=" + c.box.caFile, "TMPDIR=" + dir}
	u, err := timed(ctx, env, c.path, "run", "-config", config, "-once")
	if err != nil {
		return u, err
	}
	return u, c.check(ctx, config, env)
}

// settings returns settings with which the collector uses all features: it creates
// customers, assigns managers and notifies them.
func (c *collector) settings(dir string) string {
	port := c.box.ports.IMAPS
	if c.protocol == "pop3" {
		port = c.box.ports.POP3S
	}
	return fmt.Sprintf(`database: sqlite:%s/collector.db
allow_private_networks: true
accounts:
  - id: shop
    shop: main
    protocol: %s
    host: %s
    port: %d
    username: %s
    password: %s
    start: all
    notify_manager: true
    create_customer: true
    manager_group: support
managers:
  - {id: m1, name: Maria, groups: [support], status: free}
  - {id: m2, name: Miguel, groups: [support], status: free}
  - {id: m3, name: Mona, groups: [support], status: lunch}
notify:
  log: true
`, dir, c.protocol, c.box.host, port, user, password)
}

// check compares what the collector reports with the mailbox.
func (c *collector) check(ctx context.Context, config string, env []string) error {
	cmd := exec.CommandContext(ctx, c.path, "report", "-config", config)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	var report struct {
		Accounts []struct {
			Outcomes map[string]int
		}
		Emails int
	}
	if err := json.Unmarshal(out, &report); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	var settled int
	for _, a := range report.Accounts {
		for outcome, n := range a.Outcomes {
			if outcome != "failed" && outcome != "quarantined" {
				settled += n
			}
		}
	}
	if settled != c.box.messages {
		return fmt.Errorf("%d of %d messages are settled; the report is %s", settled, c.box.messages, out)
	}
	return nil
}
