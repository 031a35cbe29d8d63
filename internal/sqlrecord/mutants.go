package sqlrecord

import "regexp"

var onNamespace = regexp.MustCompile(`(\w+\.)?namespace = (\?|\$\d+|\w+\.namespace)`)

// Mutants returns a statement as many times as it has a condition on a namespace, each time
// without another one of them: what Check has to refuse.
func Mutants(text string) (all []string) {
	for _, at := range onNamespace.FindAllStringSubmatchIndex(text, -1) {
		instead := "1 = 1"
		if value := text[at[4]:at[5]]; value[0] == '?' || value[0] == '$' {
			instead = value + " IS NOT NULL" // the arguments stay in their places
		}
		all = append(all, text[:at[0]]+instead+text[at[1]:])
	}
	return all
}
