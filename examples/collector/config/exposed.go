package config

import (
	"io/fs"
	"os"
	"runtime"
)

// readableByOthers are the mode bits of a file that its group or everybody can read.
const readableByOthers fs.FileMode = 0o044

// Exposed reports a file with a secret in clear that users other than its owner can read,
// with its mode. On Windows, whose files have no such modes, it reports none.
func (s *Settings) Exposed() (mode fs.FileMode, exposed bool) {
	if !s.SecretInFile {
		return 0, false
	}
	return isExposed(s.File)
}

// DatabaseExposed reports whether others than its owner can read the database, which has
// the mail, and its mode. A database that is not there yet is made private.
func (s *Settings) DatabaseExposed() (mode fs.FileMode, exposed bool) {
	if s.Database.OnServer() {
		return 0, false
	}
	return isExposed(s.Database.File)
}

func isExposed(path string) (mode fs.FileMode, exposed bool) {
	if runtime.GOOS == "windows" {
		return 0, false
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return 0, false
	}
	mode = info.Mode().Perm()
	return mode, mode&readableByOthers != 0
}
