package messenger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

const (
	// secondLook is how old a text must be for "Twilio does not have it" to be believed.
	secondLook = 10 * time.Minute
	// askAgain and askFor: how often and how long a provider is asked that does not answer. Resend keeps keys for 24 h.
	askAgain = 5 * time.Minute
	askFor   = 3 * time.Hour
	// clockSkew is by how much Twilio's clock may be behind the database's. Earlier texts with the same words do no harm:
	// they belong to other rows.
	clockSkew = time.Minute
)

// Settle finds out what became of a message that was handed over and never finished, and never sends it again. again is
// when to ask once more, 0 when the row tells the truth by now: sent, failed (never_accepted), or unknown (cannot_ask),
// of which staff were told. The row says unknown while the provider is being asked.
func (m *Messenger) Settle(ctx context.Context, org, messageID uuid.UUID) (again time.Duration, err error) {
	q, err := m.unsettled(ctx, org, messageID)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	ask, err := q.prepare(ctx)
	if errors.Is(err, errCannotAsk) {
		return 0, q.close(ctx, verdict{outcome: unknown, reason: reasonCannotAsk})
	}
	if err != nil {
		return 0, err
	}
	asking, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return ask(asking)
}

// unsettled asks about the row, which says unknown from now on; pgx.ErrNoRows when it is settled. Its age is by the clock that
// wrote when it was handed over: that of this process may differ, and a young text must not be taken for a lost one.
func (m *Messenger) unsettled(ctx context.Context, org, messageID uuid.UUID) (question, error) {
	q := question{m: m, org: org}
	err := m.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		if q.row, err = tx.MessageToSettle(ctx, messageID); err != nil {
			return fmt.Errorf("read the message to settle: %w", err)
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return fmt.Errorf("ask for the time: %w", err)
		}
		q.age = now.Sub(*q.row.HandedOverAt)
		return nil
	})
	return q, err
}

// errCannotAsk: there is nobody to ask what became of the message.
var errCannotAsk = errors.New("the provider cannot be asked")

// question is one message of which nobody knows whether it was sent.
type question struct {
	m   *Messenger
	org uuid.UUID
	row db.Message
	age time.Duration // since it was handed over
}

// prepare finds whom to ask and how. errCannotAsk where the way that was taken is closed: the account was removed or
// changed since, the recipient was erased, or the provider has no memory.
func (q question) prepare(ctx context.Context) (ask func(context.Context) (time.Duration, error), err error) {
	err = q.m.DB.AsTenant(ctx, q.org, func(tx db.Tx) error {
		if q.row.Method == "email" {
			ask, err = q.askMailer(ctx, tx)
		} else {
			ask, err = q.askTexter(ctx, tx)
		}
		return err
	})
	if errors.Is(err, ErrNotConfigured) || errors.Is(err, ErrNoCredential) || errors.Is(err, errWithdrawn) {
		return nil, errCannotAsk
	}
	return ask, err
}

func (q question) askTexter(ctx context.Context, tx db.Tx) (func(context.Context) (time.Duration, error), error) {
	by, err := q.m.texter(ctx, tx, q.org)
	if err != nil {
		return nil, err
	}
	if by.since.After(*q.row.HandedOverAt) || !strings.HasPrefix(q.row.Recipient, "+") {
		return nil, errCannotAsk
	}
	wordings := q.m.wordings(q.org, q.row.Content, q.row.CodeSubjects, q.row.CodeVersions)
	return func(ctx context.Context) (time.Duration, error) {
		var found []twilio.Sent
		for _, body := range wordings {
			these, err := by.account.Find(ctx, by.text(q.row, body), q.row.HandedOverAt.Add(-clockSkew))
			if err != nil {
				return q.later(ctx)
			}
			found = append(found, these...)
		}
		return q.compare(ctx, found)
	}, nil
}

// compare looks for a text of Twilio's list that belongs to no other row.
func (q question) compare(ctx context.Context, found []twilio.Sent) (time.Duration, error) {
	sids := make([]string, len(found))
	for i, f := range found {
		sids[i] = f.SID
	}
	var taken []string
	err := q.m.DB.AsTenant(ctx, q.org, func(tx db.Tx) (err error) {
		taken, err = tx.TakenExternalIDs(ctx, q.org, providerTwilio, sids)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("look whose texts these are: %w", err)
	}
	free := slices.IndexFunc(found, func(f twilio.Sent) bool { return !slices.Contains(taken, f.SID) })
	switch {
	case free >= 0:
		return 0, q.found(ctx, found[free])
	case q.age < secondLook:
		return secondLook - q.age, nil
	default:
		return 0, q.close(ctx, verdict{outcome: failed, reason: reasonNeverAccepted})
	}
}

// found records the text as sent, and how far it got.
func (q question) found(ctx context.Context, f twilio.Sent) error {
	if err := q.close(ctx, verdict{outcome: sent, externalID: f.SID}); err != nil {
		return err
	}
	reported := map[string]string{"delivered": "delivered", "undelivered": failed, "failed": failed}[f.Status]
	if reported == "" {
		return nil
	}
	return q.m.DB.AsTenant(ctx, q.org, func(tx db.Tx) error {
		_, err := tx.RecordDelivery(ctx, db.RecordDeliveryParams{
			MessageID: q.row.ID, ExternalID: f.SID, Status: reported, ErrorCode: optional(number(f.ErrorCode))})
		return err
	})
}

// askMailer asks by the same request with the same key: Resend answers it from memory, or takes it now if the first one
// never came.
func (q question) askMailer(ctx context.Context, tx db.Tx) (func(context.Context) (time.Duration, error), error) {
	by, err := q.m.mailer(ctx, tx, q.org)
	if err != nil {
		return nil, err
	}
	// A shared link is kept as its hash only: the same e-mail cannot be written again.
	if q.row.Category == "share" || by.name != text(q.row.ServiceProvider) || !by.sender.Repeatable() || by.since.After(*q.row.HandedOverAt) ||
		q.age > askFor || !strings.Contains(q.row.Recipient, "@") {
		return nil, errCannotAsk
	}
	send, err := q.m.mail(ctx, tx, by, q.row, parcel{body: q.row.Content, again: true})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (time.Duration, error) {
		id, err := send(ctx)
		var refused *email.RefusedError
		var uncertain *email.UncertainError
		switch {
		case err == nil:
			return 0, q.close(ctx, judge(id, nil))
		case errors.As(err, &refused):
			return 0, q.close(ctx, judge("", err))
		case errors.As(err, &uncertain) && uncertain.Code == email.CodeKeyUsed:
			// The first request was taken: it only differed from this one in the calendar file, whose visits have changed.
			return 0, q.close(ctx, verdict{outcome: sent})
		default: // an API key that is refused now may have been good then
			return q.later(ctx)
		}
	}, nil
}

// later asks again, until so much time has passed that staff must look.
func (q question) later(ctx context.Context) (time.Duration, error) {
	if q.age > askFor {
		return 0, q.close(ctx, verdict{outcome: unknown, reason: reasonCannotAsk})
	}
	return askAgain, nil
}

func (q question) close(ctx context.Context, v verdict) error {
	_, err := q.m.finish(ctx, q.org, q.row.ID, v)
	return err
}
