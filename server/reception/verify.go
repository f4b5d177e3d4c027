package reception

import (
	"context"

	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// codeLength is how many digits a code has that the clinic texts.
const codeLength = 6

// What verifyCaller says whatever is on file.
const (
	sayMaybeSent  = "If that number is on file, a code is on its way by text. Ask the caller to read it out, then verify with it."
	sayNoMatch    = "That does not match. Ask once more for the code from the clinic's text message, or for the patient's name and date of birth. " + sayNoFactor
	sayLocked     = "No more tries. Only the clinic's staff can help now: offer to take a message or to transfer the call."
	sayNoMoreSent = "No more codes can be sent in this call. Ask for the patient's name and date of birth, or offer to take a message."
	sayVerified   = "Verified. You may now talk about this patient's visits and change them."
	sayRepeatCode = "The code has six digits. Ask the caller to read it out digit by digit, then verify again. " + sayNoFactor
	sayAskFactor  = "Ask for the six-digit code from the clinic's text message or for the patient's full date of birth, then verify again. " + sayNoFactor
)

// verifyCaller checks a code or a date of birth, or has a code texted to the number on file. It answers the same for a
// wrong one, an unknown number and a stranger.
func verifyCaller(ctx context.Context, q request) (reply, error) {
	switch {
	case q.args.Text(voice.ArgCode) != "":
		return q.verifyCode(ctx)
	case q.args.Flag(voice.ArgSendCode):
		return q.requestCode(ctx)
	case q.args.Text(voice.ArgDateOfBirth) != "":
		return q.verifyBirth(ctx)
	default:
		return said("question", sayAskFactor), nil
	}
}

// verifyBirth checks a date of birth.
func (q request) verifyBirth(ctx context.Context) (reply, error) {
	born, doubt := spoken.BirthDate(q.args.Text(voice.ArgDateOfBirth), q.call.Language, spoken.DateOf(q.call.Now))
	if doubt != nil {
		return said("question", doubt.Say), nil
	}
	outcome, err := q.tx.VerifyCaller(ctx, q.call.CallID, *date(born), q.optional(voice.ArgPatientName))
	return sayVerification(outcome), err
}

// verifyCode checks a code that the clinic texted. What is not six digits is asked for again and counts as no try.
func (q request) verifyCode(ctx context.Context) (reply, error) {
	code, ok := spoken.Digits(q.args.Text(voice.ArgCode), codeLength)
	if !ok {
		return said("question", sayRepeatCode), nil
	}
	outcome, err := q.tx.VerifyCode(ctx, q.call.CallID, q.keys.CodeHashes(q.call.OrgID, code), q.optional(voice.ArgPatientName))
	return sayVerification(outcome), err
}

func sayVerification(outcome string) reply {
	switch outcome {
	case "verified":
		return said(outcome, sayVerified)
	case "locked":
		return refused(outcome, sayLocked)
	default:
		return refused(outcome, sayNoMatch)
	}
}

// requestCode has a code texted to the number that the caller names, or calls from, if that is on file. A code proves
// something only when it was sent to a number that staff or an envelope brought in; that is the database's to know.
func (q request) requestCode(ctx context.Context) (reply, error) {
	var number *string
	if said := q.args.Text(voice.ArgPatientPhone); said != "" {
		e164, ok := spoken.SpokenNumber(said, q.call.Country)
		if !ok {
			return refused("question", "The phone number is not complete. Ask the caller to repeat it digit by digit, then send the code."), nil
		}
		number = &e164
	}
	outcome, err := q.tx.RequestCode(ctx, q.call.CallID, number)
	if err != nil {
		return reply{}, err
	}
	if outcome == "locked" {
		return refused(outcome, sayNoMoreSent), nil
	}
	return said(outcome, sayMaybeSent), nil
}
