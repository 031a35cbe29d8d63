package replytext

import (
	"strings"

	"github.com/postroom/postroom/inbound/email/internal/phrases"
)

// The lines around a text that is signed in the open, after RFC 9580.
const (
	armorBegin     = "-----BEGIN PGP SIGNED MESSAGE-----"
	armorSignature = "-----BEGIN PGP SIGNATURE-----"
	armorEnd       = "-----END PGP SIGNATURE-----"
)

// withoutArmor returns lines without the header and the signature of a text that is signed
// in the open. Without the end of the signature nothing is taken away from there.
func withoutArmor(lines []string) []string {
	kept := make([]string, 0, len(lines))
	opened, hasEnd := false, true
	for i := 0; i < len(lines); i++ {
		switch {
		case lines[i] == armorBegin:
			opened = true
			for i+1 < len(lines) && isArmorField(lines[i+1]) {
				i++
			}
		case opened && hasEnd && lines[i] == armorSignature:
			end := i
			for end < len(lines) && lines[end] != armorEnd {
				end++
			}
			if hasEnd = end < len(lines); hasEnd {
				i = end
			} else {
				kept = append(kept, lines[i])
			}
		default:
			kept = append(kept, lines[i])
		}
	}
	return kept
}

var armorFields = phrases.Words("Hash|Charset|Version|Comment|NotDashEscaped")

func isArmorField(line string) bool {
	name, _, ok := strings.Cut(line, ": ")
	return ok && armorFields[name]
}
