// Package calendar makes readable text of an invitation and other messages about
// appointments (RFC 5545, RFC 5546, and vCalendar 1.0).
//
// It is a reader of lines, with no more state than the component it is in: what is not
// as it should be costs a line, never the rest. It takes time linear in the input.
// Times are shown as written, with the name of their zone: nothing is converted.
package calendar
