package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gofrs/flock"
	urfave "github.com/urfave/cli/v3"

	"github.com/postroom/postroom/adapters/sqlstore"
	"github.com/postroom/postroom/examples/collector/config"
	"github.com/postroom/postroom/examples/internal/terminal"
	"github.com/postroom/postroom/inbound"
)

// copyLine is what the command copy prints.
type copyLine struct {
	From     string      `json:"from"`
	To       string      `json:"to"`
	Tables   []copyTable `json:"tables"`
	RawBytes int64       `json:"raw_bytes"`
	Verified bool        `json:"verified"` // otherwise there is no line
}

type copyTable struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // the sum of the SHA-256 of all rows
}

// copyTo is the command copy.
func (p *app) copyTo(ctx context.Context, cmd *urfave.Command) (err error) {
	target, problem := config.ParseDatabaseIn(cmd.String("to"), p.env)
	var problems []string
	if cmd.String("to") != "" && problem != "" {
		problems = append(problems, "-to "+problem)
	}
	if _, err := operands(cmd, 0, 0, problems...); err != nil {
		return err
	}
	c, err := config.ReadOffline(cmd.String("config"), p.env)
	if err != nil {
		return err
	}
	if isSame(c.Database, target) {
		return usagef("copy: -to is the database that %s has already", c.File)
	}
	switch there, err := isThere(ctx, c); {
	case err != nil:
		return err
	case !there:
		return fmt.Errorf("the database %s is not there yet: there is nothing to copy", c.Database)
	}
	release, err := holdBoth(ctx, c, target)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	return p.copyBetween(ctx, c, target)
}

// isSame reports two names of one database, as far as can be told: Copy refuses one that has
// something.
func isSame(a, b config.Database) bool {
	if a.OnServer() || b.OnServer() {
		return a == b
	}
	first, err := os.Stat(a.File)
	second, errSecond := os.Stat(b.File)
	return config.AbsolutePath(a.File) == config.AbsolutePath(b.File) ||
		err == nil && errSecond == nil && os.SameFile(first, second)
}

// holdBoth makes sure that no collector works on one of the two databases, as far as they
// are files, and that the new one can be made.
func holdBoth(ctx context.Context, c *config.Settings, to config.Database) (release func() error, err error) {
	var held []func() error
	release = func() (err error) {
		for _, unlock := range held {
			err = errors.Join(err, unlock())
		}
		return err
	}
	hold := func(d config.Database) error {
		if d.OnServer() {
			return nil
		}
		unlock, err := lockAlone(d)
		if err == nil {
			held = append(held, unlock)
		}
		return err
	}
	if err := hold(c.Database); err != nil {
		return nil, err
	}
	if to.OnServer() {
		_, err = checkServer(ctx, to, "change -to")
	} else if _, err = checkFile(to, "change -to"); err == nil {
		err = makePrivate(to)
	}
	if err == nil {
		err = hold(to)
	}
	if err != nil {
		return nil, errors.Join(err, release())
	}
	return release, nil
}

// lockAlone locks a SQLite file that no collector uses.
func lockAlone(d config.Database) (unlock func() error, err error) {
	running := flock.New(d.File + "-lock")
	alone, err := lockFile(running, running.TryLock)
	switch {
	case err != nil:
		return nil, err
	case !alone:
		return nil, fmt.Errorf("a collector uses the database %s: stop it first", d)
	}
	return running.Unlock, nil
}

// copyBetween copies, and says what is to be done next.
func (p *app) copyBetween(ctx context.Context, c *config.Settings, to config.Database) (err error) {
	from := c.Database
	if err := copyKeyFile(from, to); err != nil {
		return err
	}
	source, err := connect(from)
	if err != nil {
		return &databaseError{from.String(), "cannot be used: " + plainText(err.Error()), changeSetting(c)}
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := connect(to)
	if err != nil {
		return &databaseError{to.String(), "cannot be used: " + plainText(err.Error()), "change -to"}
	}
	defer func() { err = errors.Join(err, target.Close()) }()

	progress := p.newCopyProgress()
	copied, err := sqlstore.Copy(ctx, sqlstore.Database{DB: source, Dialect: dialects[from.Kind]},
		sqlstore.Database{DB: target, Dialect: dialects[to.Kind]},
		&sqlstore.CopyOptions{Alone: !from.OnServer(), Progress: progress.show})
	progress.end()
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted; run the same command again, and it goes on from there")
	case errors.Is(err, sqlstore.ErrCopyRefused):
		return fmt.Errorf("cannot copy to %s: %w", to, err)
	case errors.Is(err, inbound.ErrBusy):
		return fmt.Errorf("%w; if it has ended without a clean stop, wait until then", err)
	case err != nil:
		return err
	}
	line := copyLine{From: from.String(), To: to.String(), RawBytes: copied.RawBytes, Verified: true}
	secrets := false
	for _, t := range copied.Tables {
		line.Tables = append(line.Tables, copyTable{t.Table, t.Rows, t.Digest})
		secrets = secrets || t.Table == "postroom_secrets" && t.Rows > 0
	}
	if err := p.print(line); err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "copied and verified; now set database in %s to the new one, and start the collector\n",
		plainText(c.File))
	if key, there, _ := keyFile(from).read(); secrets && there && to.OnServer() && key != "" {
		fmt.Fprintf(p.stderr, "refresh tokens are sealed by the key file %s: without a secret_key in the settings until now,"+
			" set secret_key to its content\n", plainText(keyFile(from).shown()))
	}
	return nil
}

// copyKeyFile copies the key file beside one SQLite file to the other.
func copyKeyFile(from, to config.Database) error {
	if to.OnServer() {
		return nil
	}
	key, there, err := keyFile(from).read()
	if err != nil || !there {
		return err
	}
	switch was, there, err := keyFile(to).read(); {
	case err != nil:
		return err
	case there && was != key:
		return fmt.Errorf("the key file %s is there already and has a different key: move it away", keyFile(to).shown())
	case there:
		return nil
	}
	if err := keyFile(to).write(encodedKey(key)); err != nil {
		return fmt.Errorf("the key file %s cannot be made: %s; let this program write there", keyFile(to).shown(),
			reasonOf(err))
	}
	return nil
}

// copyProgress shows how far a copy has come: on a terminal in one line that is drawn anew,
// elsewhere in a line now and then.
type copyProgress struct {
	to      io.Writer
	columns func() int
	redraw  bool
	pause   time.Duration
	shown   time.Time
	drawn   bool
}

func (p *app) newCopyProgress() *copyProgress {
	redraw, _ := p.escapes()
	progress := &copyProgress{to: p.stderr, columns: p.errorColumns, redraw: redraw && p.errorColumns() > 0,
		pause: 10 * time.Second, shown: time.Now()}
	if progress.redraw {
		progress.pause, progress.shown = 200*time.Millisecond, time.Time{}
	}
	return progress
}

// show is called after each batch.
func (p *copyProgress) show(now sqlstore.CopyProgress) {
	if time.Since(p.shown) < p.pause {
		return
	}
	p.shown = time.Now()
	text := copyText(now)
	if !p.redraw {
		fmt.Fprintln(p.to, text)
		return
	}
	if columns := p.columns(); columns > 0 && len(text) >= columns {
		text = text[:columns-1]
	}
	fmt.Fprint(p.to, "\r\x1b[K"+text)
	p.drawn = true
}

// end removes the line.
func (p *copyProgress) end() {
	if p.drawn {
		fmt.Fprint(p.to, "\r\x1b[K")
	}
}

// copyText says how far a copy has come, such as "copying: 1,000 of 24,000 rows, 12 MB of
// 1.2 GB of mail".
func copyText(now sqlstore.CopyProgress) string {
	word := "copying"
	if now.Verifying {
		word = "verifying"
	}
	text := fmt.Sprintf("%s: %s of %s", word, groupedText(now.Rows), countText(now.TotalRows, "row"))
	if now.TotalBytes > 0 {
		text += fmt.Sprintf(", %s of %s of mail", terminal.Size(now.Bytes), terminal.Size(now.TotalBytes))
	}
	return text
}
