// Package email sends e-mails through Resend or a mail server, and says honestly what became of them: sent, surely not
// sent, or uncertain. Nothing is ever repeated here.
package email

import (
	"context"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxSubject is the longest subject that is taken, in code points: more is cut off by most readers.
const MaxSubject = 200

// Other limits of what is taken.
const (
	maxAttachments = 20 << 20 // bytes in all, before base64
	maxKey         = 256      // Resend: idempotency keys
)

// Message is one e-mail to one person. From and To are `a@b` or `Name <a@b>`; at least one of Text and HTML is set.
// Formatting it shows nothing.
type Message struct {
	From, To, Subject, Text, HTML string
	// Key names the message: the same again under the same key is the same e-mail. At most 256 characters of ASCII.
	Key         string
	Attachments []Attachment
}

// Attachment is a file. ContentType is a MIME type, with parameters if need be.
type Attachment struct {
	Name, ContentType string
	Content           []byte
}

// String keeps addresses and words out of logs.
func (m Message) String() string { return "[e-mail]" }

// GoString keeps them out of %#v.
func (m Message) GoString() string { return m.String() }

// Sender sends e-mails in one clinic's name. It is safe for concurrent use.
type Sender interface {
	// Send hands the message over, once, and returns the provider's id for it.
	//
	// Errors: [ErrUnauthorized], [*RefusedError], [*RateLimitedError], [*UnavailableError]: surely not sent.
	// [*UncertainError]: it may have been.
	Send(ctx context.Context, m Message) (id string, err error)
	// Name is resend or smtp.
	Name() string
	// Repeatable: the same message under the same key is sent only once within 24 hours, however often it is asked for.
	Repeatable() bool
}

// check refuses what cannot be sent or would become something else on the way, above all line breaks in headers.
func check(m Message) error {
	switch {
	case !oneAddress(m.From):
		return &RefusedError{Code: "invalid_from"}
	case !oneAddress(m.To):
		return &RefusedError{Code: "invalid_to"}
	case strings.TrimSpace(m.Subject) == "" || !plain(m.Subject) || utf8.RuneCountInString(m.Subject) > MaxSubject:
		return &RefusedError{Code: "invalid_subject"}
	case strings.TrimSpace(m.Text) == "" && strings.TrimSpace(m.HTML) == "":
		return &RefusedError{Code: "empty"}
	case len(m.Key) > maxKey || strings.ContainsFunc(m.Key, func(r rune) bool { return r < '!' || r > '~' }):
		return &RefusedError{Code: "invalid_key"}
	}
	total := 0
	for _, a := range m.Attachments {
		total += len(a.Content)
		if a.Name == "" || a.ContentType == "" || !plain(a.Name+a.ContentType) || len(a.Content) == 0 || total > maxAttachments {
			return &RefusedError{Code: "invalid_attachment"}
		}
	}
	return nil
}

// oneAddress: a single address that a header can hold.
func oneAddress(s string) bool {
	if !plain(s) {
		return false
	}
	_, err := mail.ParseAddress(s)
	return err == nil
}

// plain text has no control characters, line separators or broken UTF-8: it is one line in every header.
func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' })
}
