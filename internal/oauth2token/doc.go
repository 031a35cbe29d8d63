// Package oauth2token gets OAuth2 access tokens (RFC 6749) by an [oauth2.Config] and
// a refresh token. A failure is an [*Error] that says whether trying again can help, and what a person has
// to do where it cannot.
//
// It does not keep tokens: a caller that refreshes stores the refresh token of
// the answer, since some providers replace it at each use. It knows nothing of
// mailboxes; sending a token to a mail server is the job of package mailauth.
package oauth2token
