package redact

import "strings"

// isOrdinary reports a secret that occurs in texts that do not repeat it.
func isOrdinary(secret string, known []string) bool {
	secret = strings.ToLower(strings.TrimSpace(secret))
	if len(secret) < shortest || len(secret) < within && !strings.ContainsFunc(secret, isNoDigit) {
		return true
	}
	for _, setting := range known {
		if strings.Contains(strings.ToLower(setting), secret) {
			return true
		}
	}
	parts := strings.FieldsFunc(secret, func(r rune) bool { return strings.ContainsRune(" -_.,:'", r) })
	for _, part := range parts {
		if !ordinary[part] {
			return len(secret) >= within && withinOrdinary(secret)
		}
	}
	return len(parts) > 0
}

func isNoDigit(r rune) bool { return r < '0' || r > '9' }

// withinOrdinary reports a part of an ordinary word.
func withinOrdinary(secret string) bool {
	for word := range ordinary {
		if strings.Contains(word, secret) {
			return true
		}
	}
	return false
}

// ordinary has words of the texts of mail servers, authorization servers and network errors.
var ordinary = func() map[string]bool {
	words := make(map[string]bool)
	for word := range strings.FieldsSeq(ordinaryWords) {
		words[word] = true
	}
	return words
}()

const ordinaryWords = `
a ability able abnormal abort aborted about accept accepted access account accounts aclid action active
address admin administrator after afterlogic again aioimaplib alert allow allowed already also always an and
android annotate another answer answered answers aplication app appendlimit application approve archive are
argument arguments as asked asks assistant at atoken attempt attempts auth authenticate authenticated
authenticating authentication authenticationfailed authorization authorizationfailed authorize authorized auto
autologout available away back backend backendauthenticate backoff bad bandwidth banner bare base64 basic be
bearer because been before behavior behind being beside between binary bits bodies body bodystructure boundary
brackets break browser busy by bye byte bytes can cannot capa capability catenate causes change changed
character characters chatmail check children clear client clientaccessrules clientbug clienttoken close closed
closeio closes closing code codes come comes command commands comment company complete completed compress
condstore connect connected connection connections consent contact content context continue copy core coremail
correct could count courier create created credential credentials current cursor cyrus dart data database date
davmail days defects deflate delay deleted denied detail developer device directorytree disable disabled
disconnect disconnected dns docs does domino done dovecot down draft drafts dropped each either email empty
enable enabled encoded encrypted encryption end ended endings ends engine english enough eof err error errors
esearch estimated every everything examine example exceed exceeded exchange exist exists expected experiment
expire expired expunge extended external fail failed failing failure fairemail farewell fetch fetched fetching
field file finds first five flag flagged flags folder folders follow following follows for forbidden forwarded
found fourth frappe free frequency from full gateway generic get gives giving gmail goes good goodbye google
got grant granted greenmail greeting gssapi guard hangs has have header hello help here highestmodseq himalaya
hmailserver home host hour hours how http https icloud identifier idle if imap imap4 imap4rev1 imap4rev2
imap4server imapclienttests imapengine imapfilter imapgate imapsync important in inbox incorrect indy
indysockets information inside insufficient internal internaldate interval invalid invalid_client
invalid_grant invalid_request invalid_scope io ip iroco is iscream issue it items its jakartaee json junk
junkrecorded keep kefu kerio key keywords kicked lacks language large later latin lefcha length letters
license limit limited limits line lines link list listed lite literal location lock locked log logged logging
login logindisabled logins logon logons logout long longer lookup lost mail mailbox mailboxes mailcore
maildrop mailkit mailspring mailtech many match max maximum may mdaemon mdnsent means mechanism memory message
messages metadata method microsoft microsoftdocs middle milliseconds mimekit minimum minute minutes missing
modern moralmunky more move moved must my name names namespace need needed neither neobhodim neomutt network
new next nice no nobody node non none noselect not nothing notice notjunk notphishing now ntlm null number
numbers numeric oauth oauth2 oauthbearer object occurred octets of off office offline often ok old on one only
open opened openvas operation option or orderedsubject other our out outlook over overquota own owncloud owner
package packages padded page parameter parameters parenthesis parol parse parsing pass passed password
passwords path pause peek perhaps period perm permanent permanentflags permission permitted phishing phrase
pipelining plain please plus point policy pop pop3 port positive post postfix postmaster predicted present
prilozheniya problem proceed process program programs protection proto protocol provided provider proxy public
qloud qqmail qresync quarter query quit quota range rate reached read reading ready reason received recent
redacted redirect redirected reduce references refresh refusal refused register reject rejected release remote
remove renew repeat reply report reported request requested requests require required reset resource resp
response retr retrieve retrieved retry return revoked rfc822 rico rights roundcube roundcubemail rumble
russian same sasl saying says scope scripts search searchres seconds secure security see seen select selected
send sending sent sequence server serverbug servers service session sessions setting settings several shop
short should shown shutdown shutting sign signed signin signing simonrob simultaneous since site size slip
software some soon sort source space spaces spam special specific specified ssl stalwartlabs standard stands
star start started starttls stat state status stop stopped storage store stored string strings structure
subject success successful successfully such suggested support supported suspended svwall switch switched sync
syntax sys system tag tagged talk tcp tcpproxy tekx temporarily temporary terminated terminating test texk
text than that thats the their them then there these they third this those though thread throttled thunderbird
time timecyber timed timeout times tls to today together token tokens tomorrow too took tools top traffic
transid transport trash trouble trusted try turned two type typical uid uidl uidnext uidplus uids uidvalidity
unable unasked unauthenticate unauthorized unavailable understood unexpected unique unittests unknown unless
unlock unrecognized unsafe unseen unselect unsubscribe unsupported until update updated url urlauth use used
user userid username users using utf8 valid validity value vandelay vendor verbatim verification verify
version visit wait waiting want warning was we webmail welcome were what when where which while who whole
whose why window with within without word words work works write wrong wrote xapplepushservice xlist xmail
xoauth2 xsender xymcookie xymecookie xymhighestmodseq xympki xyzzy yahoo yandex year you your yourself zero
zetacomponents zmail zoho
`
