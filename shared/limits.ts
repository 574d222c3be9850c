/** The few numbers the widget imports by value. Both sides count UTF-16 code units, as `maxlength` does. */
export const MAX_QUESTION_LENGTH = 2000
export const MAX_COMMENT_LENGTH = 2000
