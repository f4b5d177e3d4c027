package server
func refusedByResend(err error) error { return NewError(CodeBadRequest, "x", err) }
