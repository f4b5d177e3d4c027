package messenger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
)

const (
	invitation = "invitation" // in messages.category
	// linkPlace is where the link stands in a stored text: the token is in no row.
	linkPlace = "[link]"
)

// errWithdrawn: the invitation was withdrawn, accepted or renewed, or has expired. A link that opens nothing is not mailed.
var errWithdrawn = errors.New("the invitation opens nothing any more")

// InvitationLink is where an invited person signs up or in. The token stands behind the #: browsers send that part to
// nobody, so no server's log and no Referer holds it.
func InvitationLink(dashboardURL, token string) string {
	return dashboardURL + "/accept-invitation#token=" + token
}

// linkOf derives the link of the invitation that the row carries. Errors: errWithdrawn; ErrNotConfigured when there is no
// dashboard to lead to, or the key that the token was derived from is gone.
func (m *Messenger) linkOf(ctx context.Context, tx db.Tx, row db.Message) (string, error) {
	if m.DashboardURL == "" {
		return "", ErrNotConfigured
	}
	invited, err := tx.InvitationOfMessage(ctx, row.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", errWithdrawn
	}
	if err != nil {
		return "", fmt.Errorf("read the invitation: %w", err)
	}
	if invited.TokenID == nil {
		return "", errWithdrawn
	}
	for _, token := range m.Keys.Tokens(row.OrgID, *invited.TokenID) {
		if hash := sha256.Sum256([]byte(token)); bytes.Equal(hash[:], invited.TokenHash) {
			return InvitationLink(m.DashboardURL, token), nil
		}
	}
	return "", ErrNotConfigured
}
