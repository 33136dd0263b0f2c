"""The panel beside the table with the page of the session under the cursor."""
