"""The sections of the comment: functions of the report; an empty string where there is nothing to say."""
