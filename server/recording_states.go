package server

// States of a call's recording (call_logs.recording_state).
const (
	recordingAtVapi  = "at_provider"
	recordingCopying = "copying"
	recordingStored  = "stored"
	recordingFailed  = "failed"
	recordingNotKept = "not_kept_by_provider"
)

// hasRecording tells whether there is one, here or still at Vapi.
func hasRecording(state string) bool {
	return state == recordingAtVapi || state == recordingCopying || state == recordingStored
}

// recordingStatus is the word of older dashboards for a state; nil where there is nothing to play and never will be.
func recordingStatus(state string) *string {
	switch state {
	case recordingAtVapi:
		return optional("pending")
	case recordingCopying:
		return optional("processing")
	case recordingStored:
		return optional("completed")
	case recordingFailed:
		return optional("failed")
	}
	return nil
}

// recordingError puts into words why a call has no recording; nil where it has one or never had.
func recordingError(state string, reason *string) *string {
	if state == recordingNotKept {
		return optional("Calls are not recorded in HIPAA mode.")
	}
	switch value(reason) {
	case "":
		return nil
	case "gone":
		return optional("The telephone service has no recording of this call.")
	case "too_large":
		return optional("The recording is too large to be kept.")
	case "not_audio":
		return optional("What the telephone service gave as the recording is no sound.")
	case "expired":
		return optional("The recording was deleted after the time that your organization keeps recordings.")
	case "erased":
		return optional("The recording was deleted.")
	}
	return optional("The recording could not be copied.")
}
