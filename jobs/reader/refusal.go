package reader

import (
	"errors"
)

// Code says why a document is not read. The list is closed: dashboards may know every one.
type Code string

// The codes.
const (
	Encrypted    Code = "encrypted"
	ImageOnly    Code = "image_only"
	Damaged      Code = "damaged"
	TooLarge     Code = "too_large"
	TooManyPages Code = "too_many_pages"
	Unsupported  Code = "unsupported_type"
	Empty        Code = "empty"
	TookTooLong  Code = "took_too_long"
)

// Codes returns all of them.
func Codes() []Code {
	return []Code{Encrypted, ImageOnly, Damaged, TooLarge, TooManyPages, Unsupported, Empty, TookTooLong}
}

// Sentence tells the clinic what is wrong and what to do, in English.
func (c Code) Sentence() string {
	switch c {
	case Encrypted:
		return "The file is protected with a password or against copying. Save it without protection and upload it again."
	case ImageOnly:
		return "The file holds pictures of pages, not text, for example a scan. Upload the original, or one with recognised text."
	case Damaged:
		return "The file is damaged, or written in a way we cannot read. Open it, save it again and upload the new file."
	case TooLarge:
		return "The file is too large, or holds too much. Split it and upload the parts."
	case TooManyPages:
		return "The file has too many pages. Split it and upload the parts that callers ask about."
	case Empty:
		return "The file holds no text."
	case TookTooLong:
		return "Reading the file took too long. Save it in a simpler form, for example as text or CSV, and upload it again."
	}
	return "Files of this type are not read. Upload PDF, DOCX, TXT, MD, HTML or CSV."
}

// Refusal is the error of a document that is not read. Nothing of the document stands in it.
type Refusal struct {
	Code  Code
	cause error
}

// Error names the code, for logs; people are told [Code.Sentence].
func (r *Refusal) Error() string {
	if r.cause == nil {
		return "the document is refused: " + string(r.Code)
	}
	return "the document is refused: " + string(r.Code) + ": " + r.cause.Error()
}

// Unwrap returns what the parser said, nil where nothing did.
func (r *Refusal) Unwrap() error { return r.cause }

// Refused returns the code when the document is at fault, and false for troubles of our own, which may pass.
func Refused(err error) (Code, bool) {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code, true
	}
	return "", false
}

func refuse(code Code, cause error) error { return &Refusal{Code: code, cause: cause} }
