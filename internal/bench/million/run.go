package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/postroom/postroom/inbound"
)

const (
	// coldLimit is how long a cold start may take.
	coldLimit = 2 * time.Second
	// memoryLimit is how much memory an upload may have, in bytes.
	memoryLimit = 96 << 20
	// tenthLimit is how much longer the last tenth of an upload may take than the first one.
	tenthLimit = 1.2
	// shortTenth is how long a tenth has to take at least for a verdict.
	shortTenth = time.Second
)

// bench is one measurement.
type bench struct {
	options
	server *server
	dir    string
	missed int // figures
}

// run measures once.
func run(ctx context.Context, o options) (err error) {
	b := &bench{options: o}
	if b.server, err = startServer(newMailbox(o.messages)); err != nil {
		return err
	}
	defer b.server.close()
	if b.dir, err = os.MkdirTemp(o.dir, "postroom-million-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	fmt.Printf("%d messages, the %s first\n", o.messages, o.order)
	for _, step := range []func(context.Context) error{b.firstLook, b.upload, b.coldStart} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if b.missed > 0 {
		return fmt.Errorf("%d figures missed", b.missed)
	}
	return nil
}

// firstLook measures the first passes of an account from which only new mail is wanted.
func (b *bench) firstLook(ctx context.Context) error {
	r, err := b.do(ctx, job{StartNow: true, Passes: 2}, "new", true)
	if err != nil {
		return err
	}
	took := r.took(0)
	trips, listed := b.tripsOf(r.Passes[0])
	recorded := total(r.Outcomes)
	b.print("first look with start: now",
		fmt.Sprintf("%d round trips, %v, %d messages listed, %d recorded", trips, took, listed, recorded),
		"nothing old is recorded, under 2 s", recorded == 0 && took < coldLimit)
	b.printPoll("poll after it", r.Passes[1])
	return nil
}

// upload measures the upload of all messages.
func (b *bench) upload(ctx context.Context) error {
	r, err := b.do(ctx, job{Passes: 1, Order: b.order, Profile: b.profile}, "all", false)
	if err != nil {
		return err
	}
	all := r.took(0)
	b.print("upload", fmt.Sprintf("%v, %.0f messages/s, %v", all, float64(b.messages)/all.Seconds(), r.Outcomes),
		"each message once", total(r.Outcomes) == b.messages && r.Outcomes[inbound.Uploaded] == b.messages)
	if len(r.Tenths) != 10 {
		return fmt.Errorf("%d of 10 tenths were committed", len(r.Tenths))
	}
	var took, cpu []time.Duration
	for _, tenth := range r.Tenths {
		took = append(took, tenth.Took.Round(10*time.Millisecond))
		cpu = append(cpu, tenth.CPU.Round(10*time.Millisecond))
	}
	ratio := took[9].Seconds() / took[0].Seconds()
	b.print("its tenths", fmt.Sprintf("%v; the last is %.2f times the first", took, ratio),
		fmt.Sprintf("within %.1f", tenthLimit), ratio <= tenthLimit || took[0] < shortTenth)
	if cpu[0] > 0 {
		fmt.Printf("processor time of its tenths: %v; the last is %.2f times the first\n", cpu,
			cpu[9].Seconds()/cpu[0].Seconds())
	}
	if r.Peak > 0 {
		b.print("its memory", fmt.Sprintf("%.1f MiB at most", float64(r.Peak)/(1<<20)), "96 MiB", r.Peak <= memoryLimit)
	}
	return nil
}

// coldStart measures passes of a new process that finds nothing new.
func (b *bench) coldStart(ctx context.Context) error {
	r, err := b.do(ctx, job{Passes: 4, Order: b.order}, "all", true)
	if err != nil {
		return err
	}
	took := r.took(0)
	trips, _ := b.tripsOf(r.Passes[0])
	b.print("cold start", fmt.Sprintf("%d round trips, %v with the login", trips, took),
		"5 round trips, under 2 s", trips <= 5 && took < coldLimit)
	for _, p := range r.Passes[1:] {
		b.printPoll("idle poll", p)
	}
	return nil
}

// do has a process of its own do a job with a database of this name.
func (b *bench) do(ctx context.Context, j job, database string, counting bool) (r result, err error) {
	j.Port, j.Messages, j.Dir = b.server.port(), b.messages, filepath.Join(b.dir, database)
	if err := os.MkdirAll(j.Dir, 0o700); err != nil {
		return r, err
	}
	b.server.counting.Store(counting)
	input, err := json.Marshal(j)
	if err != nil {
		return r, err
	}
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(ctx, self, asClient)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	output, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("the process of the SDK: %w", err)
	}
	return r, json.Unmarshal(output, &r)
}

// took returns how long a pass took.
func (r result) took(i int) time.Duration {
	return r.Passes[i].Ended.Sub(r.Passes[i].Began).Round(time.Millisecond)
}

func total(outcomes map[inbound.Outcome]int) (n int) {
	for _, count := range outcomes {
		n += count
	}
	return n
}

// tripsOf counts the round trips of a pass, and the messages that the server has told of.
func (b *bench) tripsOf(p pass) (trips, listed int) {
	found := b.server.between(p.Began, p.Ended)
	for _, t := range found {
		listed += t.listed
		if b.verbose {
			fmt.Printf("\t%q\n", t.commands)
		}
	}
	return len(found), listed
}

func (b *bench) printPoll(name string, p pass) {
	trips, _ := b.tripsOf(p)
	b.print(name, fmt.Sprintf("%d round trips, %v", trips, p.Ended.Sub(p.Began).Round(time.Millisecond)),
		"1 round trip", trips == 1)
}

// print prints a figure beside what is asked for.
func (b *bench) print(name, figure, asked string, ok bool) {
	verdict := "ok"
	if !ok {
		verdict = "MISSED"
		b.missed++
	}
	fmt.Printf("%s: %s (asked: %s) %s\n", name, figure, asked, verdict)
}
