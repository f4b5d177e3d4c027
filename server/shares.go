package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/mail"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/server/api"
)

const (
	// linkHere stands in a kept e-mail where the sent one has the link: who reads messages must not open recordings.
	linkHere = "[link]"

	sentenceNothingToShare = "This call does not have a recording"
	sentenceBadEmail       = "The e-mail address is not valid."
	sentenceNoMail         = "E-mail is not configured for your organization"
	sentenceNotShared      = "Failed to share recording. Please try again later."
	sentenceShareUnknown   = "It is not known whether the e-mail went out. Do not send it again; its state will be shown."
	sentenceSharing        = "The same e-mail is being sent at this moment. Ask again in a moment."
	sentenceNoMoreMail     = "This recipient asked not to get e-mail."
	sentenceManyShares     = "Your organization shared many recordings within the hour. Try again later."
	sentenceDailyCap       = "Your organization's messages of today are used up. The next one can be sent tomorrow."
)

// Mailer takes e-mails to the provider; *messenger.Messenger is one.
type Mailer interface {
	// CanMail names the provider that the organization's e-mail leaves by, or returns messenger.ErrNotConfigured.
	CanMail(ctx context.Context, org uuid.UUID) (provider string, err error)
	// Deliver sends a message that was begun, and returns the status its row has then.
	Deliver(ctx context.Context, org, message uuid.UUID, body string) (status string, err error)
}

// shareWish is one press of the button.
type shareWish struct {
	call      uuid.UUID
	recipient string // empty: the member takes the link
	key       *string
	token     string
}

// ShareRecording makes a link to a recording, and sends it where a recipient is named. Errors: those of refusedShare and
// mailed, not_found, forbidden, bad_request, not_configured.
func (h handlers) ShareRecording(ctx context.Context, req api.ShareRecordingRequestObject) (api.ShareRecordingResponseObject, error) {
	wish := shareWish{call: req.CallId, key: req.Params.IdempotencyKey, token: newToken()}
	if req.Body != nil && req.Body.Email != nil {
		address, err := mail.ParseAddress(strings.TrimSpace(*req.Body.Email))
		if err != nil || address.Name != "" || strings.ContainsAny(address.Address, "\r\n") {
			return nil, NewError(CodeBadRequest, sentenceBadEmail, nil)
		}
		wish.recipient = address.Address
	}
	if h.files == nil {
		return nil, NewError(CodeBadRequest, sentenceNothingToShare, nil)
	}
	if wish.recipient == "" {
		return h.takeLink(ctx, wish)
	}
	return h.sendLink(ctx, wish)
}

// newToken is 256 random bits.
func newToken() string {
	secret := make([]byte, tokenBytes)
	_, _ = rand.Read(secret) // never fails, see its documentation
	return base64.RawURLEncoding.EncodeToString(secret)
}

// takeLink answers with the link.
func (h handlers) takeLink(ctx context.Context, w shareWish) (api.ShareRecordingResponseObject, error) {
	share, _, err := h.beginShare(ctx, w, "")
	if err != nil {
		return nil, err
	}
	if share.Outcome != "shared" {
		return nil, h.refusedShare(share)
	}
	return api.ShareRecording200JSONResponse{
		Headers: api.ShareRecording200ResponseHeaders{CacheControl: unlessEmpty(noStore)},
		Body:    api.RecordingShared{Success: true, ShareUrl: unlessEmpty(h.files.link(w.token)), ExpiresAt: share.ExpiresAt},
	}, nil
}

// link is where a token opens.
func (f *Files) link(token string) string { return f.backend + "/s/" + token }

// sendLink begins the e-mail with the link, and only then goes to the network, outside of any transaction.
func (h handlers) sendLink(ctx context.Context, w shareWish) (api.ShareRecordingResponseObject, error) {
	provider, err := h.canMail(ctx, w.call)
	if err != nil {
		return nil, err
	}
	share, org, err := h.beginShare(ctx, w, provider)
	if err != nil {
		return nil, err
	}
	status := value(share.Status)
	switch share.Outcome {
	case "send":
		status = h.mailLink(ctx, org, share, w.token)
	case "replayed":
	default:
		h.count.Message("share", valueOr(share.Reason, share.Outcome))
		return nil, h.refusedShare(share)
	}
	return h.mailed(w, status)
}

// canMail finds the organization's way of sending e-mail. Errors: not_found for a call that is not there, not_configured.
func (h handlers) canMail(ctx context.Context, call uuid.UUID) (provider string, err error) {
	var org uuid.UUID
	err = h.asMember(ctx, func(tx db.Tx, member db.Organization) error {
		org = member.ID
		return callIsThere(ctx, tx, org, call)
	})
	if err != nil {
		return "", err
	}
	if h.mail == nil {
		return "", NewError(CodeNotConfigured, sentenceNoMail, nil)
	}
	provider, err = h.mail.CanMail(ctx, org)
	if errors.Is(err, messenger.ErrNotConfigured) {
		err = NewError(CodeNotConfigured, sentenceNoMail, err)
	}
	return provider, err
}

// beginShare asks the database for the link and, where a provider is named, for the e-mail's row.
func (h handlers) beginShare(ctx context.Context, w shareWish, provider string) (share db.ShareDecision, org db.Organization, err error) {
	hash := sha256.Sum256([]byte(w.token))
	err = h.asMember(ctx, func(tx db.Tx, member db.Organization) (err error) {
		if err := callIsThere(ctx, tx, member.ID, w.call); err != nil {
			return err
		}
		org = member
		params := db.ShareRecordingParams{CallID: w.call, TokenHash: hash[:], RequestID: optional(RequestID(ctx))}
		if provider != "" {
			params.Recipient, params.ServiceProvider, params.SendKey = &w.recipient, &provider, optional(w.sendKey(ctx))
			params.Subject, params.Content = optional("A call recording from "+org.Name), optional(shareText(org.Name, linkHere))
		}
		share, err = tx.ShareRecording(ctx, params)
		return err
	})
	return share, org, err
}

// shareText is the e-mail.
func shareText(clinic, link string) string {
	return clinic + " shares the recording of a call with you.\nListen to it here: " + link +
		"\nThe link works for 24 hours. It is meant for you alone: please do not pass it on."
}

// sendKey names the wish, as textWish.sendKey does.
func (w shareWish) sendKey(ctx context.Context) string {
	claims, _ := claimsOf(ctx)
	key := "request " + RequestID(ctx)
	if w.key != nil {
		key = "key " + *w.key
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{claims.UserID.String(), w.call.String(), key, strings.ToLower(w.recipient)}, "\x00")))
	return "share:" + hex.EncodeToString(sum[:16])
}

// mailLink takes the e-mail to the provider, also for a client that goes away meanwhile, and returns its row's status.
func (h handlers) mailLink(ctx context.Context, org db.Organization, share db.ShareDecision, token string) string {
	if share.MessageID == nil {
		LogCause(ctx, "a link cannot be sent", errors.New("app.share_recording sends a message without an id"))
		return "failed"
	}
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliverTimeout)
	defer cancel()
	status, err := h.mail.Deliver(sending, org.ID, *share.MessageID, shareText(org.Name, h.files.link(token)))
	if err != nil {
		LogCause(ctx, "a link's delivery is not known", err)
		return "unknown"
	}
	return status
}

// mailed answers with what became of the e-mail. Errors: internal when it did not leave, delivery_unknown, busy while
// another request is sending it.
func (h handlers) mailed(w shareWish, status string) (api.ShareRecordingResponseObject, error) {
	switch status {
	case "sent", "delivered":
		h.count.Message("share", "sent")
		return api.ShareRecording200JSONResponse{Body: api.RecordingShared{
			Success: true, Email: &w.recipient, Message: unlessEmpty("Recording shared with " + w.recipient + "."),
		}}, nil
	case "queued":
		return nil, NewError(CodeBusy, sentenceSharing, nil)
	case "unknown":
		h.count.Message("share", "unknown")
		return nil, NewError(CodeDeliveryUnknown, sentenceShareUnknown, reasonError("the provider's answer did not come"))
	default:
		h.count.Message("share", "failed")
		return nil, NewError(CodeInternal, sentenceNotShared, reasonError("the provider did not take the e-mail"))
	}
}

// refusedShare puts into words why there is no link. Codes: bad_request, conflict, opted_out, rate_limited.
func (h handlers) refusedShare(share db.ShareDecision) error {
	switch reason := valueOr(share.Reason, share.Outcome); reason {
	case "no_recording":
		return NewError(CodeBadRequest, sentenceNothingToShare, nil)
	case "not_ready":
		return NewError(CodeConflict, sentenceNotReady, nil)
	case "opted_out":
		return NewError(CodeOptedOut, sentenceNoMoreMail, nil)
	case "too_many_shares":
		return NewError(CodeRateLimited, sentenceManyShares, nil).After(maxWait)
	case "daily_cap":
		return NewError(CodeRateLimited, sentenceDailyCap, nil).After(maxWait)
	default:
		return NewError(CodeConflict, "A rule of your organization keeps this e-mail back.", reasonError(reason))
	}
}

// ListShares shows the links to a call's recording. Errors: not_found.
func (h handlers) ListShares(ctx context.Context, req api.ListSharesRequestObject) (api.ListSharesResponseObject, error) {
	var rows []db.ShareListed
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		rows, err = tx.ListShares(ctx, req.CallId)
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.ListShares200JSONResponse{Shares: each(rows, func(s db.ShareListed) api.RecordingShare {
		return api.RecordingShare{
			Id: s.ID, Recipient: s.Recipient, SharedBy: s.ActorUserID, SharedByName: s.ActorName, CreatedAt: s.CreatedAt,
			ExpiresAt: s.ExpiresAt, RevokedAt: s.RevokedAt, State: api.RecordingShareState(s.State), MessageStatus: s.MessageStatus,
			Openings: s.Openings, Visitors: s.Visitors, LastOpenedAt: s.LastOpenedAt,
		}
	})}, nil
}

// RevokeShare takes a link back. Errors: not_found, forbidden.
func (h handlers) RevokeShare(ctx context.Context, req api.RevokeShareRequestObject) (api.RevokeShareResponseObject, error) {
	err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) error {
		return tx.RevokeShare(ctx, req.Id, optional(RequestID(ctx)))
	})
	if err != nil {
		return nil, err
	}
	return api.RevokeShare200JSONResponse{Success: true}, nil
}
