package provisioner

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/voxanne-ai/voxanne/providers/twilio"
)

// remembered is what the number was like at Twilio before us.
type remembered struct {
	twilio.Webhooks
	// Set is what an earlier run set and could not put back, see app.left_at_twilio.
	Set *struct {
		Calls *twilio.Calls `json:"calls"`
		Texts *twilio.Texts `json:"texts"`
	} `json:"set,omitempty"`
}

// check asks Twilio whether the number can be used, and remembers where its calls and texts go now. Once remembered it
// stays: a later look would find what we set.
func (w *work) check(ctx context.Context) (made, error) {
	number, err := w.account.VerifyLine(ctx, text(w.task.Number))
	if err != nil {
		return made{}, fmt.Errorf("check the number: %w", err)
	}
	var known remembered
	if len(w.task.Undo) > 0 {
		if json.Unmarshal(w.task.Undo, &known) != nil {
			return made{}, errUnreadable
		}
		if text(w.task.ExternalID) == number.SID {
			return made{id: number.SID}, nil
		}
	}
	return made{id: number.SID, undo: known.look(number.Webhooks, w.texts)}, nil
}

// look is what is remembered of a number that is seen for the first time, or again under another account. What is ours
// there is nobody's wish: then what is known from before counts, and without that texts went nowhere.
func (known remembered) look(now twilio.Webhooks, ours twilio.Texts) twilio.Webhooks {
	texts, calls := now.Texts == ours, false
	if known.Set != nil {
		texts = texts || (known.Set.Texts != nil && now.Texts == *known.Set.Texts)
		calls = known.Set.Calls != nil && now.Calls == *known.Set.Calls
	}
	if texts {
		now.Texts = known.Texts
	}
	if calls {
		now.Calls = known.Calls
	}
	return now
}
