package demo

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server"
)

// Twilio is the account through which the clinic texts in the play. Without it nobody is texted.
type Twilio struct {
	AccountSID string
	AuthToken  server.Secret
	Number     string // E.164
}

// inboundPath is where Twilio hands over what patients text.
const inboundPath = "/api/twilio/inbound"

// text is what a patient texts to the clinic, as Twilio hands it over, signed with token. It returns the answer's status.
func (p *play) text(ctx context.Context, from, words string, token server.Secret) (status int, err error) {
	sid := "SM" + strings.ReplaceAll(uuid.NewString(), "-", "")
	form := url.Values{"MessageSid": {sid}, "SmsSid": {sid}, "AccountSid": {p.Twilio.AccountSID}, "From": {from}, "To": {p.Twilio.Number},
		"Body": {words}, "NumMedia": {"0"}, "NumSegments": {"1"}}
	address := p.BackendURL + inboundPath
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", sandbox.TwilioSignature(string(token), address, form))
	resp, err := p.HTTP.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}
