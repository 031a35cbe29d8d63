package terminal

import (
	"fmt"
	"strconv"
)

// Size returns a number of bytes with three digits, in units of 1000: "43.7 MB".
func Size(bytes int64) string {
	size, units := float64(bytes), []string{"bytes", "KB", "MB", "GB", "TB"}
	for size >= 999.5 && len(units) > 1 {
		size, units = size/1000, units[1:]
	}
	switch {
	case bytes == 1:
		return "1 byte"
	case units[0] == "bytes":
		return strconv.FormatInt(bytes, 10) + " bytes"
	}
	return fmt.Sprintf("%.3g %s", size, units[0])
}
