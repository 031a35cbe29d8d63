//go:build !unix

package daemon

import "os/exec"

// DropRights does nothing.
func DropRights(*exec.Cmd) error { return nil }

// GiveAway does nothing.
func GiveAway(string) error { return nil }
