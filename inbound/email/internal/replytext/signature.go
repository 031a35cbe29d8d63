package replytext

import (
	"regexp"
	"strings"
)

// signatureLines is how long a signature without its delimiter may be.
const signatureLines = 2

// signatureAt returns the line where the signature begins, -1 when there is none.
func signatureAt(lines []string) int {
	for i, line := range lines {
		if isSignature(line, len(lines)-i) {
			return i
		}
	}
	return -1
}

// isSignature reports whether a signature begins with line; left is the number of
// lines from there to the end.
func isSignature(line string, left int) bool {
	switch {
	case line == "--":
		return true
	case left < 8 && (line == "---" || len(line) > 1 && strings.Trim(line, "_") == ""):
		return true
	}
	return left <= signatureLines && len(line) < 100 && sentFrom.MatchString(line) && device.MatchString(line)
}

// sentFrom and device match the lines that telephones and programs add, such as
// "Sent from my iPhone". One of them alone is not enough: customers write how they
// have sent parcels and money.
var (
	sentFrom = regexp.MustCompile(`(?i)^[\s*_]*(?:sent (from|via|with|using) |get outlook |` +
		`von meinem .* gesendet|gesendet (von|mit) |diese nachricht wurde von .* gesendet|envoyé (de|depuis|` +
		`à partir de|à partir d') ?|enviado (desde|do|de) |enviat des |` +
		`inviato (da|dal) |verzonden (vanaf|met) |verstuurd vanaf |wysłane? z |wysłano z |odesláno z |` +
		`odoslané z |skickat från |sendt fra |lähetetty |trimis de pe |poslano (s|z|iz) |` +
		`отправлено (с|со|из) |изпратено от |надіслано з |στάλθηκε από |נשלח מ|发自我的|發自我的|从我的.*发送|從我的.*傳送|` +
		`(télécharger|obtener|obter|scarica|получить|скачайте|загрузить|pobierz|hämta|hent|stáhnout) outlook |` +
		`outlook (für|voor) )|` +
		`(から送信|에서 보냄|gönderildi\.?|küldve\.?)$`)
	device = regexp.MustCompile(`(?i)from my |ios|iphone|ipad|mobil|android|samsung|galaxy|huawei|xiaomi|redmi|` +
		`nokia|phone|téléphone|teléfono|telefon|telefoon|tablet|handy|móvil|celular|blackberry|` +
		`outlook|mail|posteo|webmail|windows|yahoo|aol|proton|posta|почт|телефон|мобильн|手机|手機|メール|나의`)
)
