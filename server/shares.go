package server

import (
	"context"
	"net/mail"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/api"
)

// linkHere stands in a kept e-mail where the sent one has the link: who reads messages must not open recordings.
const linkHere = "[link]"

const sentenceNothingToShare = "This call does not have a recording"

// sharing is a link to a recording that staff send by e-mail.
func sharing() sending {
	return sending{
		category: "share", method: byEmail,
		notConfigured: "E-mail is not configured for your organization",
		noRecipient:   "The e-mail address is not valid.",
		badText:       "The e-mail address is not valid.",
		optedOut:      "This recipient asked not to get e-mail.",
		notSent:       "Failed to share recording. Please try again later.",
	}
}

// shareWish is one press of the button.
type shareWish struct {
	call      uuid.UUID
	recipient string // empty: the member takes the link
	key       *string
	token     string
}

// ShareRecording makes a link to a recording, and sends it where a recipient is named. Errors: those of refusedShare,
// providerOf and carryOut, not_found, forbidden.
func (h handlers) ShareRecording(ctx context.Context, req api.ShareRecordingRequestObject) (api.ShareRecordingResponseObject, error) {
	wish := shareWish{call: req.CallId, key: req.Params.IdempotencyKey, token: randomToken()}
	if req.Body != nil && req.Body.Email != nil {
		address, err := mail.ParseAddress(strings.TrimSpace(*req.Body.Email))
		if err != nil || address.Name != "" || strings.ContainsAny(address.Address, "\r\n") {
			return nil, NewError(CodeBadRequest, sharing().noRecipient, nil)
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

// takeLink answers with the link.
func (h handlers) takeLink(ctx context.Context, w shareWish) (api.ShareRecordingResponseObject, error) {
	share, org, err := h.beginShare(ctx, w, "")
	if err != nil {
		return nil, err
	}
	if share.Outcome != "shared" {
		return nil, h.refusedShare(share, org.TimeZone)
	}
	return api.ShareRecording200JSONResponse{
		Headers: api.ShareRecording200ResponseHeaders{CacheControl: optional(noStore)},
		Body:    api.RecordingShared{Success: true, ShareUrl: optional(h.files.link(w.token)), ExpiresAt: share.ExpiresAt},
	}, nil
}

// link is where a token opens.
func (f *Files) link(token string) string { return f.backend + "/s/" + token }

// sendLink begins the e-mail with the link, and only then goes to the network, outside of any transaction.
func (h handlers) sendLink(ctx context.Context, w shareWish) (api.ShareRecordingResponseObject, error) {
	kind := sharing()
	org, err := h.sharedFrom(ctx, w.call)
	if err != nil {
		return nil, err
	}
	provider, err := h.providerOf(ctx, kind, org)
	if err != nil {
		return nil, err
	}
	// As beginText: its send key makes the wish one e-mail.
	share, from, err := h.beginShare(repeatable(ctx), w, provider)
	if err != nil {
		return nil, err
	}
	switch share.Outcome {
	case "send", "replayed":
		begun := db.MessageDecision{Outcome: share.Outcome, MessageID: share.MessageID, Status: share.Status}
		if err := h.carryOut(ctx, kind, org, begun, shareText(from.Name, h.files.link(w.token))); err != nil {
			return nil, err
		}
		return api.ShareRecording200JSONResponse{Body: api.RecordingShared{
			Success: true, Email: &w.recipient, Message: optional("Recording shared with " + w.recipient + "."),
		}}, nil
	default:
		h.count.Message(kind.category, valueOr(share.Reason, share.Outcome))
		return nil, h.refusedShare(share, from.TimeZone)
	}
}

// sharedFrom is the organization of a call. Errors: not_found for a call that is not there.
func (h handlers) sharedFrom(ctx context.Context, call uuid.UUID) (org uuid.UUID, err error) {
	err = h.asMember(ctx, func(tx db.Tx, member db.Organization) error {
		org = member.ID
		return callIsThere(ctx, tx, org, call)
	})
	return org, err
}

// beginShare asks the database for the link and, where a provider is named, for the e-mail's row.
func (h handlers) beginShare(ctx context.Context, w shareWish, provider string) (share db.ShareDecision, org db.Organization, err error) {
	err = h.asMember(ctx, func(tx db.Tx, member db.Organization) (err error) {
		if err := callIsThere(ctx, tx, member.ID, w.call); err != nil {
			return err
		}
		org = member
		params := db.ShareRecordingParams{CallID: w.call, TokenHash: HashToken(w.token), RequestID: optional(RequestID(ctx))}
		if provider != "" {
			params.SendKey = optional(sharing().sendKey(ctx, "call "+w.call.String(), w.key, strings.ToLower(w.recipient)))
			params.Recipient, params.ServiceProvider = &w.recipient, &provider
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

// refusedShare puts into words why there is no link. Codes: bad_request, conflict, rate_limited, and those of refusal.
func (h handlers) refusedShare(share db.ShareDecision, zone string) error {
	switch valueOr(share.Reason, share.Outcome) {
	case "no_recording":
		return NewError(CodeBadRequest, sentenceNothingToShare, nil)
	case "not_ready":
		return NewError(CodeConflict, sentenceNotReady, nil)
	case "too_many_shares":
		return NewError(CodeRateLimited, "Your organization shared many recordings within the hour. Try again later.", nil).After(maxWait)
	default:
		return h.refusal(db.MessageDecision{Outcome: share.Outcome, Reason: share.Reason}, sharing(), zone)
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
