package messenger

import (
	"context"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

// TwilioAccount is the organisation's account at Twilio, whose webhooks name its SID and are signed with its token.
// ErrNotConfigured when there is none.
func (m *Messenger) TwilioAccount(ctx context.Context, org uuid.UUID) (twilio.Credentials, error) {
	var secret struct {
		AccountSID string `json:"accountSid"`
		AuthToken  string `json:"authToken"`
	}
	err := m.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		_, err := m.open(ctx, tx, org, providerTwilio, &secret)
		return err
	})
	return twilio.Credentials{AccountSID: secret.AccountSID, AuthToken: secret.AuthToken}, err
}
