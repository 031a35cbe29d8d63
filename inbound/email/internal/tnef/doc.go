// Package tnef reads winmail.dat: the format in which Outlook and Exchange put a message
// and its files when they believe that the reader is Outlook too (MS-OXTNEF).
//
// A [Reader] takes the bytes as they come. Content of files goes to a [Sink] piece by
// piece; only texts are collected, and no more than the limit. It reads any input in time
// linear in its size, and reports as damaged what is not as it should be.
//
// Lengths are not believed: what one announces is read as it comes, never allocated.
package tnef
