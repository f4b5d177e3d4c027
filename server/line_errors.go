package server

import "github.com/voxanne-ai/voxanne/jobs/provisioner"

// lineError is a failed set-up as a refusal. What may pass is busy, what somebody has to change is unprocessable; works
// says that the line goes on as it was before.
func lineError(code string, works bool) *Error {
	kind := CodeUnprocessable
	if provisioner.Passes(code) {
		kind = CodeBusy
	}
	sentence := provisioner.Sentence(code) + " What was begun has been undone; the account is kept."
	if works {
		sentence = provisioner.Sentence(code) + " The line works as it did before."
	}
	return NewError(kind, sentence, reasonError(code)).With(map[string]string{"reason": code})
}
