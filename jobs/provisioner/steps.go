package provisioner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

// made is what a step leaves behind: the id of what it made, what undoes it (as JSON; nil: as it was), and whether there
// was nothing to make.
type made struct {
	id      string
	undo    any
	skipped bool
}

// work is one step in hand.
type work struct {
	*worker
	task        db.ProvisioningTask
	undoing     bool
	account     *twilio.Account
	credentials twilio.Credentials
	locked      error // why the account cannot be used; nil while acting
}

// do does the step, or undoes it. Every step looks at what is there before it changes anything: an earlier try may have
// done it, and have died before it could say so.
func (w *work) do(ctx context.Context) (made, error) {
	if err := w.open(ctx); err != nil && !w.undoing {
		return made{}, err
	}
	w.account = w.Twilio.Account(w.credentials)
	type both struct {
		act  func(context.Context) (made, error)
		undo func(context.Context) (made, error)
	}
	step, known := map[string]both{
		"check":      {w.check, nothing},
		"credential": {w.giveCredential, w.takeCredential},
		"import":     {w.importNumber, w.removeNumber},
		"messaging":  {w.directTexts, w.restoreTexts},
		"routing":    {w.route, nothing},
	}[text(w.task.Step)]
	if !known {
		return made{}, errors.New("there is no such step")
	}
	if w.undoing {
		return step.undo(ctx)
	}
	return step.act(ctx)
}

// open reads the clinic's account. Without it what is at Vapi can be taken away all the same.
func (w *work) open(ctx context.Context) (err error) {
	w.credentials, err = w.Accounts.TwilioAccount(ctx, w.org)
	if err != nil && !errors.Is(err, messenger.ErrNotConfigured) {
		err = fmt.Errorf("%w: %w", errLocked, err)
	}
	w.locked = err
	return err
}

// nothing undoes what leaves no trace.
func nothing(context.Context) (made, error) { return made{}, nil }

// directTexts has patients' texts sent to us, and remembers to where: our address may be another one day.
func (w *work) directTexts(ctx context.Context) (made, error) {
	sid := text(w.task.NumberSid)
	return made{id: sid, undo: w.texts}, wrapped("direct the number's texts", w.account.SetTexts(ctx, sid, w.texts))
}

// restoreTexts has texts sent where they went before, unless the clinic sends them elsewhere by now.
func (w *work) restoreTexts(ctx context.Context) (made, error) {
	earlier, err := w.earlier()
	if err != nil {
		return made{}, err
	}
	var set twilio.Texts // zero when it did not come to remembering it
	if len(w.task.Undo) > 0 && json.Unmarshal(w.task.Undo, &set) != nil {
		return made{}, errUnreadable
	}
	now, err := w.atTwilio(ctx)
	if err != nil {
		return made{}, err
	}
	if at := now.Webhooks.Texts; at != w.texts && (len(w.task.Undo) == 0 || at != set) {
		return made{}, nil
	}
	return made{}, wrapped("restore where the number's texts went", w.account.SetTexts(ctx, now.SID, earlier.Texts))
}

// restoreCalls has calls go where they went before the import, unless the clinic changed that since.
func (w *work) restoreCalls(ctx context.Context) error {
	if len(w.task.Earlier) == 0 { // no run of ours brought it to Vapi, so none knows what was before
		return nil
	}
	earlier, err := w.earlier()
	if err != nil {
		return err
	}
	var set imported // zero when it did not come to remembering it
	if len(w.task.Undo) > 0 && json.Unmarshal(w.task.Undo, &set) != nil {
		return errUnreadable
	}
	now, err := w.atTwilio(ctx)
	if err != nil {
		return err
	}
	calls := now.Webhooks.Calls
	if calls == earlier.Calls || (len(w.task.Undo) > 0 && calls != set.Calls && calls.VoiceURL != "") {
		return nil
	}
	return wrapped("restore where the number's calls went", w.account.SetCalls(ctx, now.SID, earlier.Calls))
}

// atTwilio is the number as it is at Twilio now.
func (w *work) atTwilio(ctx context.Context) (twilio.Number, error) {
	if w.locked != nil {
		return twilio.Number{}, w.locked
	}
	now, err := w.account.Number(ctx, text(w.task.Number))
	return now, wrapped("look at the number", err)
}

// earlier is what the check remembered.
func (w *work) earlier() (hooks twilio.Webhooks, err error) {
	if err := json.Unmarshal(w.task.Earlier, &hooks); err != nil {
		return hooks, errUnreadable
	}
	return hooks, nil
}

// text is what p points at, or empty.
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
