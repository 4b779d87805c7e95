namespace ConfidentialOperator.Lab.Tests.EndToEnd;

/// <summary>Tests that run the whole system, one after the other: a machine has few cores.</summary>
[CollectionDefinition(Name)]
public sealed class LabCollection
{
    public const string Name = "Lab";
}
