package texting

import (
	"crypto/subtle"
	"errors"
	"mime"
	"net/http"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/server"
)

const (
	formType        = "application/x-www-form-urlencoded"
	signatureHeader = "X-Twilio-Signature"
)

// readForm takes forms only: the signature covers nothing else.
func readForm(r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != formType {
		return server.NewError(server.CodeBadRequest, "The body must be a form ("+formType+").", err)
	}
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return err
		}
		return server.NewError(server.CodeBadRequest, "The form cannot be read.", err)
	}
	return nil
}

// authenticate finds whose number it is and checks account and signature with that organisation's account. The answer
// to an unknown number, a missing and a wrong signature is one: a stranger learns nothing about our clinics.
func (t *Texting) authenticate(r *http.Request, number string) (uuid.UUID, error) {
	signatures := r.Header.Values(signatureHeader)
	if number == "" || len(signatures) != 1 || signatures[0] == "" {
		return uuid.Nil, refused(nil)
	}
	org, err := t.DB.Platform().FindMessagingTenant(r.Context(), number)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, refused(err)
	} else if err != nil {
		return uuid.Nil, err
	}
	account, err := t.Accounts.TwilioAccount(r.Context(), org)
	if errors.Is(err, messenger.ErrNotConfigured) {
		return uuid.Nil, refused(err)
	} else if err != nil {
		return uuid.Nil, err
	}
	named := subtle.ConstantTimeCompare([]byte(r.PostForm.Get("AccountSid")), []byte(account.AccountSID)) == 1
	signed := twilio.ValidSignature(account.AuthToken, t.publicURL(r), r.PostForm, signatures[0]) // constant time
	if !named || !signed {
		return uuid.Nil, refused(nil)
	}
	return org, nil
}

// publicURL is the address as Twilio was given it. The Host header is the client's word, and not asked.
func (t *Texting) publicURL(r *http.Request) string {
	url := t.BackendURL + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		url += "?" + r.URL.RawQuery
	}
	return url
}

func refused(cause error) error {
	return server.NewError(server.CodeForbidden, "The webhook is not signed by an account that we know.", cause)
}
