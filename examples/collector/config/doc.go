// Package config reads the settings file of the collector, which is YAML.
//
// [File] has a field for each key. Its tags are the only place where keys, defaults
// and meanings are written down: reading and the reference ([WriteTable],
// [WriteYAML]) both follow them. [Read] takes these steps:
//
//	parse.go     YAML to a tree of nodes that have lines; ${NAME} is marked before
//	syntax.go    what is not valid YAML
//	check.go     the tree against File: unknown keys, missing keys, bad values
//	suggest.go   what was probably meant
//	values.go    the types of values that are neither text nor one of some words
//	settings.go  File to [Settings], with the checks of the SDK
//	problems.go  all problems as one error, in the order of the file
package config
