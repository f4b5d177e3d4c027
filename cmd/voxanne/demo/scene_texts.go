package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/db"
)

const (
	// patience is how long the play waits for what workers and the carrier do by themselves.
	patience  = 30 * time.Second
	lookEvery = 200 * time.Millisecond

	rulesPath  = "/api/messages/rules"
	twilioPath = "/api/integrations/twilio"
)

// digits are what a code must not leave behind.
var digits = regexp.MustCompile(`\b[0-9]{6}\b`)

// texts follows the first visit to the patient's own telephone: what they are sent, what they answer, and what staff may
// write to them. The clinic's night is put aside meanwhile.
func (p *play) texts(ctx context.Context) (err error) {
	p.heading("What %s gets by text", p.first.name)
	if p.Twilio.AccountSID == "" {
		p.line("", "Twilio is not played here, so nobody is texted.")
		return nil
	}
	desk, err := p.signIn(p.lakeside)
	if err != nil {
		return err
	}
	connected, err := desk.ask(ctx, http.MethodPost, twilioPath, map[string]any{
		"accountSid": p.Twilio.AccountSID, "authToken": string(p.Twilio.AuthToken), "phoneNumber": p.Twilio.Number})
	if err != nil {
		return err
	}
	p.promise(connected.status == http.StatusOK, "The clinic connects its Twilio account", connected)
	if connected.status != http.StatusOK {
		return nil // no other promise could be kept
	}
	shown, err := desk.ask(ctx, http.MethodGet, twilioPath, nil)
	if err != nil {
		return err
	}
	p.promise(shown.status == http.StatusOK && !strings.Contains(shown.String(), string(p.Twilio.AuthToken)), "… and nobody can read its key back", shown)
	restore, err := desk.noNight(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, restore()) }()

	patient, err := p.owner.DemoPatient(ctx, p.first.line.CallID)
	if err != nil {
		return err
	}
	for _, part := range []func(context.Context, dashboard, db.DemoPatientRow) error{p.confirmation, p.confirmedByReply, p.followedUp, p.stopped} {
		if err := part(ctx, desk, patient); err != nil {
			return err
		}
	}
	return nil
}

// noNight lets the clinic text at any hour until restore is called.
func (d dashboard) noNight(ctx context.Context) (restore func() error, err error) {
	rules, err := d.ask(ctx, http.MethodGet, rulesPath, nil)
	if err != nil {
		return nil, err
	}
	change := func(ctx context.Context, from, until any) error {
		got, err := d.ask(ctx, http.MethodPatch, rulesPath, map[string]any{"quietFrom": from, "quietUntil": until})
		if err == nil && got.status != http.StatusOK {
			err = fmt.Errorf("change the clinic's quiet hours: %s", got)
		}
		return err
	}
	restore = func() error {
		return change(context.WithoutCancel(ctx), rules.body["quietFrom"], rules.body["quietUntil"])
	}
	return restore, change(ctx, "00:00", "00:00")
}

// confirmation is sent by itself once the call is over.
func (p *play) confirmation(ctx context.Context, _ dashboard, patient db.DemoPatientRow) error {
	waiting, err := p.owner.DemoHurryConfirmation(ctx, patient.OrgID, &patient.AppointmentID)
	if err != nil {
		return err
	}
	p.line("", "(The two minutes in which a caller may book more are let pass.)")
	now := time.Now()
	if err := p.database.AsTenant(ctx, patient.OrgID, func(tx db.Tx) error {
		return tx.SettleScheduled(ctx, db.SettleScheduledParams{ScheduledIds: waiting, Outcome: "wait", NotBefore: &now})
	}); err != nil {
		return err
	}
	sent, seen, err := p.waitFor(ctx, patient, func(m db.DemoMessagesRow) bool { return m.Category == "confirmation" && left(m) })
	if err != nil {
		return err
	}
	p.promise(sent.Content != "", "The visit is confirmed by text", seen)
	p.promise(strings.Contains(sent.Content, "[code]") && !digits.MatchString(sent.Content),
		"The code in it was sent and is stored nowhere: the row says [code]", sent.Content)
	return nil
}

// confirmedByReply: C, first from somebody who is not Twilio, then from Twilio.
func (p *play) confirmedByReply(ctx context.Context, _ dashboard, patient db.DemoPatientRow) error {
	forged, err := p.text(ctx, p.first.line.Customer, "C", "not-the-token-of-this-account")
	if err != nil {
		return err
	}
	p.promise(forged == http.StatusForbidden, "A text that Twilio did not sign is refused with 403", forged)
	p.line(firstName(p.first.name), "C")
	status, err := p.text(ctx, p.first.line.Customer, "C", p.Twilio.AuthToken)
	if err != nil {
		return err
	}
	answer, seen, err := p.waitFor(ctx, patient, func(m db.DemoMessagesRow) bool { return m.Category == "reply" && left(m) })
	if err != nil {
		return err
	}
	again, err := p.owner.DemoPatient(ctx, p.first.line.CallID)
	if err != nil {
		return err
	}
	p.promise(status == http.StatusOK && again.ConfirmedByPatientAt != nil, "C confirms the visit", status, again)
	p.promise(answer.Content != "", "… and is answered", seen)
	return nil
}

// followedUp: staff write once, and not twice.
func (p *play) followedUp(ctx context.Context, desk dashboard, patient db.DemoPatientRow) error {
	path := "/api/calls-dashboard/" + patient.CallID.String() + "/followup"
	first, err := desk.ask(ctx, http.MethodPost, path, map[string]any{"message": "Please bring your insurance card."})
	if err != nil {
		return err
	}
	p.promise(first.status == http.StatusOK, "Staff text whoever called", first)
	second, err := desk.ask(ctx, http.MethodPost, path, map[string]any{"message": "And your X-rays."})
	if err != nil {
		return err
	}
	p.promise(second.status == http.StatusTooManyRequests && second.code() == "rate_limited",
		"A second text within the hour is refused (429)", second)
	return nil
}

// stopped: after STOP nobody writes any more.
func (p *play) stopped(ctx context.Context, desk dashboard, patient db.DemoPatientRow) error {
	p.line(firstName(p.first.name), "STOP")
	if _, err := p.text(ctx, p.first.line.Customer, "STOP", p.Twilio.AuthToken); err != nil {
		return err
	}
	refused, err := desk.ask(ctx, http.MethodPost, "/api/contacts/"+patient.ContactID.String()+"/sms", map[string]any{"message": "Are you sure?"})
	if err != nil {
		return err
	}
	p.promise(refused.status == http.StatusConflict && refused.code() == "opted_out", "After STOP nothing is sent any more (409, opted_out)", refused)
	visits, err := p.first.visits(ctx)
	if err != nil {
		return err
	}
	p.promise(len(visits) == 1 && isBooked(visits[0].Status), "STOP cancels no visit", visits)
	return p.printTexts(ctx, patient)
}

func (p *play) printTexts(ctx context.Context, patient db.DemoPatientRow) error {
	texts, err := p.messages(ctx, patient)
	if err != nil {
		return err
	}
	p.heading("messages")
	for _, m := range texts {
		p.line("", fmt.Sprintf("%-8s %-12s %-9s %-9s %s", m.Direction, m.Category, m.Status, m.Reason, m.Content))
	}
	return nil
}

func (p *play) messages(ctx context.Context, patient db.DemoPatientRow) ([]db.DemoMessagesRow, error) {
	return p.owner.DemoMessages(ctx, patient.OrgID, patient.ContactID)
}

// waitFor looks until the patient has a message that is the one; an empty one means that patience ended. seen is what
// there was last.
func (p *play) waitFor(ctx context.Context, patient db.DemoPatientRow, is func(db.DemoMessagesRow) bool) (found db.DemoMessagesRow, seen []db.DemoMessagesRow, err error) {
	deadline := time.Now().Add(patience)
	for {
		if seen, err = p.messages(ctx, patient); err != nil {
			return found, seen, err
		}
		if i := slices.IndexFunc(seen, is); i >= 0 {
			return seen[i], seen, nil
		}
		if time.Now().After(deadline) {
			return found, seen, nil
		}
		select {
		case <-ctx.Done():
			return found, seen, ctx.Err()
		case <-time.After(lookEvery):
		}
	}
}

// left says whether the carrier took a text of ours.
func left(m db.DemoMessagesRow) bool {
	return m.Direction == "outbound" && (m.Status == "sent" || m.Status == "delivered")
}
