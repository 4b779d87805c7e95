namespace ConfidentialOperator.Rendering.Platforms;

/// <summary>What differs between trusted execution environments.</summary>
internal interface IPlatform
{
    /// <summary>Gets the value of spec.tee.type.</summary>
    string Type { get; }

    /// <summary>Puts the pod onto the platform.</summary>
    PodLayout Arrange(ModelFacts facts, PodLayout pod);
}
