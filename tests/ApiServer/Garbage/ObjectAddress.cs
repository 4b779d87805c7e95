namespace ConfidentialOperator.ApiServer.Garbage;

/// <summary>Where an object is stored, and which incarnation is meant.</summary>
internal sealed record ObjectAddress(string Resource, string Namespace, string Name, string Uid);
