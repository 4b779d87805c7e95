namespace ConfidentialOperator.Lab.Hosting;

/// <summary>The Lab cannot go on, for a reason that a person can mend; the message says which.</summary>
internal sealed class LabException(string message) : Exception(message);
