// Package memory reads how much memory a process has.
package memory

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Of returns the resident set of a process and the largest that it has had, in bytes, as the
// kernel counts them. process is its number, or "self". Both are 0 where there is no /proc,
// and when the process has ended.
func Of(process string) (now, peak int64) {
	status, err := os.ReadFile(filepath.Join("/proc", process, "status"))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			now = kib << 10
		case "VmHWM":
			peak = kib << 10
		}
	}
	return now, peak
}
