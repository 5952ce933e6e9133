"""What the commune's addresses tell about people: nothing."""

from parvis.personal import NOT_PERSONAL, Table


MODELS: Table = {"ShortLink": {NOT_PERSONAL: "id word service is_current"}}
