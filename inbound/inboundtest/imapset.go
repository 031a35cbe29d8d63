package inboundtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// among returns those of uids, ascending, that a set such as "1:3,7,9:*" names.
// "*" is the last one there is, so that "9:*" always names that (RFC 9051,
// section 9).
func among(set string, uids []uint32) ([]uint32, bool) {
	var last uint32
	if len(uids) > 0 {
		last = uids[len(uids)-1]
	}
	var named []uint32
	for part := range strings.SplitSeq(set, ",") {
		from, to, isRange := strings.Cut(part, ":")
		if !isRange {
			to = from
		}
		first, ok1 := number(from, last)
		end, ok2 := number(to, last)
		if !ok1 || !ok2 {
			return nil, false
		}
		for _, uid := range uids {
			if uid >= min(first, end) && uid <= max(first, end) {
				named = append(named, uid)
			}
		}
	}
	slices.Sort(named)
	return slices.Compact(named), true
}

func number(text string, last uint32) (uint32, bool) {
	if text == "*" {
		return last, true
	}
	n, err := strconv.ParseUint(text, 10, 32)
	return uint32(n), err == nil && n > 0
}

// compact writes ascending UIDs as a set.
func compact(uids []uint32) string {
	var parts []string
	for i := 0; i < len(uids); {
		j := i
		for j+1 < len(uids) && uids[j+1] == uids[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, fmt.Sprint(uids[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d:%d", uids[i], uids[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ",")
}
