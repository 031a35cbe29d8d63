package main

import (
	"fmt"
	"io"
	"slices"
)

// report prints the medians, and the ratio of the rates.
func report(out io.Writer, box mailbox, results map[string][]usage) {
	names := []string{"mbsync", "collector"}
	for _, name := range names {
		runs := results[name]
		if len(runs) == 0 {
			continue
		}
		var peak int64
		var rates []float64
		for _, u := range runs {
			peak = max(peak, u.peak)
			rates = append(rates, u.rate(box))
		}
		rate := median(rates)
		fmt.Fprintf(out, "%-9s median %7.0f msg/s  %6.1f MB/s, peak memory %.1f MiB\n",
			name, rate, rate*float64(box.bytes)/float64(box.messages)/1e6, float64(peak)/(1<<20))
	}
	theirs, ours := results[names[0]], results[names[1]]
	if len(theirs) == 0 || len(ours) == 0 {
		return
	}
	var ratios []float64
	for i := range ours {
		ratios = append(ratios, theirs[i].wall.Seconds()/ours[i].wall.Seconds())
	}
	fmt.Fprintf(out, "collector / mbsync, per round: %.2f; median %.2fx\n", ratios, median(ratios))
}

// median returns the middle value, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
